import t from 'tap'
import { asAnn, outcome, TO_SESSION, asked } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// Metabase's own tests (jwt-to-session-test) expect `session_token` alone.
for (const version of ['v56', 'v58', 'v61'] as const) {
  t.test(`${version}: a session of to_session has the times of its JWT`, async t => {
    const host = await startHost(t, { metabase: { version }, options: { tokenLifetime: 900 } })
    const signIn = await asAnn(host)
    const began = Math.floor(Date.now() / 1000)

    for (let login = 1; login <= 2; login++) {
      const response = await signIn()
      t.strictSame(outcome(response), ['ok', 200])
      const { id, exp, iat } = response.json()
      t.equal(exp - iat, 900)
      t.ok(iat >= began && iat <= Date.now() / 1000)
      t.ok(host.metabase.sessions.has(id))
      t.equal(host.metabase.logins, login)
    }
    t.equal(asked(host.metabase).at(-1), TO_SESSION)
  })
}
