import t from 'tap'
import metabaseSso from '../../index.js'
import { standIn, startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

t.test('a request of the same user that begins before a sign-in and ends after it does not make it forgotten', async t => {
  const store = new TextStore()
  let finish = () => {}
  let hasBegun = () => {}
  const begun = new Promise<void>(resolve => { hasBegun = resolve })
  const { app, metabase, logIn } = await startHost(t, {
    session: { store },
    options: { logout: true },
    after: app => {
      app.get('/slow', async () => await new Promise<string>(resolve => { finish = () => resolve('done'); hasBegun() }))
    }
  })
  const cookies = await logIn()
  const slow = app.inject({ url: '/slow', cookies })
  await begun
  await app.inject({ url: '/sso/metabase', cookies })
  finish()
  t.equal((await slow).body, 'done') // @fastify/session has now written back the session as it was before
  t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('many exchanges at once are all remembered', async t => {
  const { app, metabase, logIn } = await startHost(t, { session: { store: new TextStore() }, options: { logout: true } })
  app.get('/own', async request => await app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await logIn()
  await Promise.all(Array.from({ length: 30 }, async () => await app.inject({ url: '/own', cookies })))
  t.equal(metabase.sessions.size, 30)
  t.match((await logOut(app, cookies)).json(), { ended: 30, left: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('login, exchange and logout may meet three processes that share a store', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const start = async () => await startHost(t, { session: { store }, options: { logout: true, instanceUrl: metabase.url } })
  const cookies = await (await start()).logIn()
  const { id } = (await (await start()).app.inject({ url: '/sso/metabase', cookies })).json()
  t.ok(metabase.sessions.has(id))
  t.match((await logOut((await start()).app, cookies)).json(), { ended: 1, left: 0 })
  t.notOk(metabase.sessions.has(id))
})

t.test('two instances are signed out of separately', async t => {
  const other = await standIn(t)
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  app.register(metabaseSso, { namespace: 'eu', path: '/eu', logout: true, secret: metabase.secret, instanceUrl: other.url })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  await app.inject({ url: '/eu', cookies })
  t.match((await app.inject({ method: 'POST', url: '/eu/logout', cookies })).json(), { ended: 1, logoutUrl: `${other.url}/auth/logout` })
  t.strictSame([metabase.sessions.size, other.sessions.size], [1, 0])
  t.match((await logOut(app, cookies)).json(), { ended: 1, logoutUrl: `${metabase.url}/auth/logout` })
  t.equal(metabase.sessions.size, 0)
})

t.test('the newest 250 are kept, for as long as Metabase lets a session live', async t => {
  const store = new TextStore()
  const { app, metabase, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const [key, text] = [...store.records].find(([, text]) => text.includes('metabaseSessions')) ?? ['', '{}']
  const record = JSON.parse(text)
  t.match(key, /^metabase-[\da-f]{64}$/, 'the key does not tell the id of the session')
  t.match(record.cookie, { originalMaxAge: 14 * 24 * 3600 * 1000 })
  t.ok(Math.abs(new Date(record.cookie.expires).getTime() - Date.now() - 14 * 24 * 3600 * 1000) < 60_000)

  store.records.set(key, JSON.stringify({ ...record, metabaseSessions: Array.from({ length: 250 }, (_, n) => ({ id: `old-${n}` })) }))
  const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
  const { metabaseSessions } = JSON.parse(store.records.get(key) ?? '{}')
  t.strictSame([metabaseSessions.length, metabaseSessions[0].id, metabaseSessions.at(-1).id], [250, 'old-1', id])
  t.match((await logOut(app, cookies)).json(), { ended: 250 })
  t.notOk(metabase.sessions.has(id))
})
