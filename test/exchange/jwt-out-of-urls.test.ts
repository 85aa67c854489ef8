import t from 'tap'
import { asAnn, atComputers, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

for (const version of ['v56', 'v58', 'v61'] as const) {
  t.test(`${version}: no JWT ever stands in a URL that Metabase and its proxies log`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const signIn = await asAnn(host)

    const together = await atComputers(host, 10)
    const later = await signIn()
    for (const response of [...together, later]) t.strictSame(outcome(response), ['ok', 200])

    t.equal(host.metabase.logins, 11)
    for (const { url, headers } of host.metabase.requests) {
      t.notMatch(url, 'eyJ')
      t.notMatch(headers.referer ?? '', 'eyJ')
    }
    const posted = host.metabase.requests.filter(({ body }) => /"jwt":"eyJ/.test(JSON.stringify(body) ?? ''))
    t.ok(posted.length >= 11, 'they were posted')
  })
}
