import t from 'tap'
import { asAnn, asked, atComputers, VERSIONS, outcome, TO_SESSION } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

t.test('the plugin signs in through a downgrade that is taken back, with one login each', async t => {
  const host = await startHost(t, { metabase: { version: 'v61' } })
  const { metabase } = host
  const signIn = await asAnn(host)

  let logins = 0
  for (const version of ['v61', 'v58', 'v61', 'v58', 'v61'] as const) {
    metabase.version = version
    for (let i = 0; i < 2; i++) {
      t.strictSame(outcome(await signIn()), ['ok', 200])
      t.equal(metabase.logins, ++logins)
    }
  }
  t.notMatch(metabase.requests.map(({ url }) => url).join('\n'), 'eyJ')
})

t.test('two nodes of different versions behind one address: every sign-in succeeds', async t => {
  const host = await startHost(t, { metabase: { version: 'v61' } })
  const signIn = await asAnn(host)

  for (const version of ['v61', 'v50', 'v61', 'v55', 'v56', 'v50', 'v58', 'v55', 'v61'] as const) {
    host.metabase.version = version
    t.strictSame(outcome(await signIn()), ['ok', 200], version)
  }
  const before = host.metabase.requests.length
  await signIn()
  t.strictSame(asked(host.metabase, before), [TO_SESSION], 'and the last one is remembered')
})

for (const to of VERSIONS.filter(version => version !== 'v55')) {
  t.test(`the plugin signs in twenty users while Metabase goes v61→${to}, a login each`, async t => {
    const host = await startHost(t, { metabase: { version: 'v61' } })
    const signIn = await asAnn(host)
    await signIn()
    host.metabase.version = to

    const responses = await atComputers(host, 20)
    for (const response of responses) t.strictSame(outcome(response), ['ok', 200])
    t.equal(host.metabase.logins, 21)
  })
}
