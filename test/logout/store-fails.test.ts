import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { SECRET, startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

type Fault = (callback: (error: Error) => void) => void

/** Fails for our records alone, so that the host goes on working. */
class FailingStore extends TextStore {
  fault: Fault | undefined

  override get (...[id, callback]: Parameters<TextStore['get']>): void {
    if (this.fault !== undefined && id.startsWith('metabase-')) return this.fault(callback)
    super.get(id, callback)
  }
}

const faults: Record<string, Fault> = {
  'answers with an error': callback => callback(new Error('store is down')),
  throws: () => { throw new Error('store is down') },
  'never answers': () => {}
}

for (const [name, fault] of Object.entries(faults)) {
  t.test(`a store that ${name} keeps nobody from signing in; the log says that it cannot be undone`, async t => {
    const store = new FailingStore()
    const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true, timeout: 300 } })
    const cookies = await logIn()
    store.fault = fault
    const response = await app.inject({ url: '/sso/metabase', cookies })
    t.equal(response.statusCode, 200)
    t.match(logs.filter(({ err }) => err !== undefined), [{ level: 40, msg: /could not be remembered/, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } }])

    const signedOut = await logOut(app, cookies)
    t.match([signedOut.statusCode, signedOut.json()], [500, { code: 'METABASE_SSO_SESSION_STORE_FAILED' }])
    t.notMatch(signedOut.body, 'store is down')

    store.fault = undefined
    t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
    t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 }, 'it works again once the store does')
    t.equal(metabase.sessions.size, 1)
  })
}

t.test('a store of files, which has an error for a record that is not there, works', async t => {
  const store = new TextStore()
  const get = store.get.bind(store)
  store.get = (id, callback) => { if (store.records.has(id)) get(id, callback); else callback(Object.assign(new Error('no such file'), { code: 'ENOENT' })) }
  const { app, metabase, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('what cannot be forgotten does not fail a logout that has ended everything', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  store.destroy = (_id, callback) => callback(new Error('read-only'))
  t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 })
  t.equal(metabase.sessions.size, 0)
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
})

t.test('an error of the store that quotes the record brings no id into the log', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  const set = store.set.bind(store)
  store.set = (id, record, callback) => {
    if (id.startsWith('metabase-')) callback(Object.assign(new Error(`OOM: SET ${JSON.stringify(record)}`), { command: { args: [JSON.stringify(record)] } }))
    else set(id, record, callback)
  }
  await app.inject({ url: '/sso/metabase', cookies })
  t.match(logs.find(({ err }) => err !== undefined), { err: { message: /OOM/ } })
  for (const id of metabase.sessions.keys()) t.notMatch(JSON.stringify(logs), id)
})

t.test('what somebody else left under our key is not taken for sessions', async t => {
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  for (const key of store.records.keys()) {
    if (key.startsWith('metabase-')) store.records.set(key, JSON.stringify({ cookie: {}, metabase: 'all' }))
  }
  t.match((await logOut(app, cookies)).json(), { ended: 0, left: 0 })
})

t.test('where the session does not reach, as its cookie has another path, there is nothing to remember or to end', async t => {
  const { app, metabase } = await startHost(t, {
    session: { cookie: { secure: false, path: '/elsewhere' } },
    options: { logout: true, getUser: () => ({ email: 'ann@example.com' }) }
  })
  t.equal((await app.inject('/sso/metabase')).statusCode, 200)
  t.match((await logOut(app, {})).json(), { ended: 0, left: 0 })
  t.equal(metabase.sessions.size, 1)
})

t.test('without @fastify/session the app does not boot with logout', async t => {
  const app = Fastify()
  app.register(metabaseSso, { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null, logout: true })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SESSION_STORE_MISSING', message: /"logout"/ })
})

t.test('a logout that is no such thing is refused', async t => {
  for (const [logout, message] of [['yes', /"logout" must be/], [{ path: 'bye' }, /"logout(\.path)?"/], [{ pth: '/bye' }, /"logout\.pth"; did you mean "logout\.path"/]] as const) {
    const app = Fastify()
    app.register(metabaseSso, { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null, logout: logout as {} })
    await t.rejects(async () => await app.ready(), { message })
  }
})
