import t from 'tap'
import { startHost, standIn } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

t.test('a process that writes back what it had read before another one wrote does not make that one’s session forgotten', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const start = async () => await startHost(t, { session: { store }, options: { logout: true, instanceUrl: metabase.url } })
  const last = await start()
  const hosts = [await start(), await start(), last]
  const cookies = await last.logIn()
  // With this store all of them read before any of them writes.
  const responses = await Promise.all(hosts.map(async ({ app }) => await app.inject({ url: '/sso/metabase', cookies })))
  t.equal(new Set(responses.map(response => response.json().id)).size, 3)
  t.match((await logOut(last.app, cookies)).json(), { ended: 3, left: 0 })
  t.equal(metabase.sessions.size, 0)
})
