import t from 'tap'
import { Agent } from 'undici'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { standIn, startHost } from '../helpers/host.js'

const UNREACHABLE = ['METABASE_SSO_UNREACHABLE', 502]

t.test('the log tells that nothing listens at Metabase’s address, the response does not', async t => {
  const nobody = await standIn(t)
  await nobody.close()
  const host = await startHost(t, { options: { instanceUrl: nobody.url } })
  const response = await (await asAnn(host))()

  t.strictSame(outcome(response), UNREACHABLE)
  t.notMatch(response.body, /127\.0\.0\.1|ECONNREFUSED/)
  t.match(host.logs.find(({ err }) => err !== undefined)?.msg, 'ECONNREFUSED')
})

t.test('the name of Metabase cannot be resolved: the log says so', async t => {
  const dispatcher = new Agent({
    connect: {
      lookup: (hostname, _options, done) =>
        done(Object.assign(new Error(`getaddrinfo ENOTFOUND ${hostname}`), { code: 'ENOTFOUND' }), '', 4)
    }
  })
  t.teardown(async () => await dispatcher.close())
  const host = await startHost(t, { options: { instanceUrl: 'https://metabase.invalid', dispatcher } })
  const response = await (await asAnn(host))()

  t.strictSame(outcome(response), UNREACHABLE)
  t.notMatch(response.body, /metabase\.invalid|ENOTFOUND/)
  t.match(host.logs.find(({ err }) => err !== undefined)?.msg, 'ENOTFOUND')
})

for (const version of VERSIONS) {
  t.test(`${version}: Metabase is stopped and started again under the running app`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const signIn = await asAnn(host)
    t.strictSame(outcome(await signIn()), ['ok', 200])

    await host.metabase.close()
    t.strictSame(outcome(await signIn()), UNREACHABLE)
    t.strictSame(outcome(await signIn()), UNREACHABLE)

    await standIn(t, { version, port: Number(new URL(host.metabase.url).port) })
    t.strictSame(outcome(await signIn()), ['ok', 200])
  })
}
