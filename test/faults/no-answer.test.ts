import t from 'tap'
import { asAnn, VERSIONS, lightHost, outcome } from '../helpers/exchange.js'
import { checkFailure } from '../helpers/failure-table.js'
import { startHost, standIn } from '../helpers/host.js'

for (const failure of ['hang', 'drip'] as const) {
  t.test(`${failure}: the route answers though Metabase, of any version, never does`, async t => {
    await Promise.all(VERSIONS.map(async version => {
      const host = await startHost(t, { metabase: { version }, options: { timeout: 600 } })
      const signIn = await asAnn(host)

      host.metabase.fail(failure)
      checkFailure(t, failure, await signIn(), { version })
      host.metabase.fail(failure, { on: 'jwt' })
      checkFailure(t, failure, await signIn(), { version })
      host.metabase.fail(null)
      t.strictSame(outcome(await signIn()), ['ok', 200], `${version}: and the app serves on`)

      host.metabase.fail(failure)
      checkFailure(t, failure, await signIn(), { version })
      host.metabase.fail(null)
      t.strictSame(outcome(await signIn()), ['ok', 200], version)
      t.equal(host.metabase.logins, 2, version)
    }))
  })
}

t.test('the route answers thirty users of a Metabase that hangs, and later ones', async t => {
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, { timeout: 500 })
  metabase.fail('hang')

  for (const response of await Promise.all(Array.from({ length: 30 }, async () => await app.inject('/sso/metabase')))) {
    t.strictSame(outcome(response), ['METABASE_SSO_TIMEOUT', 504])
  }
  metabase.fail(null)
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['ok', 200])
})
