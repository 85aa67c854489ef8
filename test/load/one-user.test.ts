import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { ANN, startHost, type AppUser } from '../helpers/host.js'
import { ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { stopClock } from '../helpers/standing-clock.js'

/** A proxy with a bound that resets the connection of a larger request. */
const behindProxy: Reply = (response, request) => {
  if (Number(request.headers['content-length']) > 8192) request.socket.destroy()
  else signedIn(response, request)
}

t.test('the plugin goes on for others while a proxy resets the connections of one user', async t => {
  const clock = stopClock(t, performance)
  const own = await ownMetabase(t, { to_session: behindProxy })
  const { app, logs, logIn } = await startHost(t, { options: { instanceUrl: own.url } })
  const signIn = async (user: AppUser): Promise<string> =>
    outcome(await app.inject({ url: '/sso/metabase', cookies: await logIn(user) }))[0]
  const groups = Array.from({ length: 1000 }, (_, n) => `group number ${n}`)

  // In another user session each time.
  for (let i = 0; i < 20; i++) {
    t.equal(await signIn({ ...ANN, groups }), 'METABASE_SSO_UNREACHABLE')
    clock.pass(100)
  }
  for (let i = 0; i < 8; i++) t.equal(await signIn({ email: `user-${i}@example.com` }), 'ok')
  t.strictSame(logs.filter(({ msg }) => msg.startsWith('Metabase is down')), [])
})
