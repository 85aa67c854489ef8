import t from 'tap'
import { startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

/** A store of which the plugin can read its records, and write none. */
class Replica extends TextStore {
  isReadOnly = false

  override set (...[key, record, callback]: Parameters<TextStore['set']>): void {
    if (this.isReadOnly) callback(new Error('READONLY You cannot write against a read only replica'))
    else super.set(key, record, callback)
  }

  override destroy (...[key, callback]: Parameters<TextStore['destroy']>): void {
    if (this.isReadOnly) callback(new Error('READONLY You cannot write against a read only replica'))
    else super.destroy(key, callback)
  }
}

t.test('a logout ends what the store holds, though nothing can be written', async t => {
  const store = new Replica()
  // So that @fastify/session itself has nothing to write.
  const session = { store, rolling: false }
  const { app, metabase, logs, logIn } = await startHost(t, { session, options: { logout: true, cache: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  store.isReadOnly = true
  const response = await logOut(app, cookies)
  t.equal(response.statusCode, 200)
  t.match(response.json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
  const warnings = logs.filter(({ level }) => Number(level) >= 40)
  t.match(warnings.map(({ msg }) => msg), [/^a logout could not be noted/, /could not be forgotten$/])
})

t.test('a logout says what remains where Metabase is down and nothing can be written', async t => {
  const store = new Replica()
  const session = { store, rolling: false }
  const { app, metabase, logIn } = await startHost(t, { session, options: { logout: true } })
  const cookies = await logIn()
  for (let i = 0; i < 3; i++) await app.inject({ url: '/sso/metabase', cookies })
  store.isReadOnly = true
  metabase.fail('gateway-503', { times: 1 })
  t.match((await logOut(app, cookies)).json(), { ended: 2, remaining: 1 })
  t.equal(metabase.sessions.size, 1)
})
