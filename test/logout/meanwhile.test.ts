import t from 'tap'
import { ANN, cookiesOf, startHost, type Cookies } from '../helpers/host.js'
import { discovered, json, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { addStepUp, logOut, stepUp, TextStore } from '../helpers/logout.js'
import { until } from '../helpers/until.js'

const nothing = async (_id: string): Promise<unknown> => undefined

/** A Metabase that numbers its sessions, and keeps those that have not been ended. */
async function numberedMetabase (t: Parameters<typeof ownMetabase>[0], { beforeAnswer = nothing, beforeEnding = nothing } = {}) {
  const open = new Set<string>()
  let count = 0
  const end: Reply = (response, { headers }) => {
    const id = String(headers['x-metabase-session'])
    beforeEnding(id).then(() => { open.delete(id); response.writeHead(204).end() }, error => t.fail(error))
  }
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
      const id = `session-${++count}`
      open.add(id)
      beforeAnswer(id).then(() => json(200, { status: 'ok', id, iat: 1, exp: 9_999_999_999 })(response, request), error => t.fail(error))
    },
    other: end
  })
  return { open, url: own.url }
}

for (const cache of [false, true]) {
  t.test(`${cache ? 'with' : 'without'} cache: a page that asks while Metabase ends the sessions is signed out, too`, async t => {
    let meanwhile = async () => {}
    const metabase = await numberedMetabase(t, { beforeEnding: async id => { if (id === 'session-1') await meanwhile() } })
    const { app, logIn } = await startHost(t, { options: { logout: true, cache, instanceUrl: metabase.url } })
    const cookies = await logIn()
    const ask = async () => { await app.inject({ url: '/sso/metabase', cookies }) }
    await ask()
    meanwhile = ask
    t.match((await logOut(app, cookies)).json(), { ended: 2, left: 0 })
    t.strictSame([...metabase.open], [])
  })
}

t.test('a host that destroys its session first leaves nothing in the cache, should the session come back', async t => {
  const store = new TextStore()
  const { app, metabase, logIn } = await startHost(t, {
    session: { store },
    options: { logout: true, cache: true },
    after: app => {
      app.post('/logout', async request => { await request.session.destroy(); return await app.metabaseSso.revoke(request) })
    }
  })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const before = new Map(store.records)
  t.match((await app.inject({ method: 'POST', url: '/logout', cookies })).json(), { ended: 1 })
  // As a slow request of the same session writes it back.
  for (const [id, record] of before) if (!id.startsWith('metabase-')) store.records.set(id, record)
  const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
  t.ok(metabase.sessions.has(id), 'a session that is not over')
})

t.test('that an earlier logout is forgotten during a sign-in is no logout', async t => {
  const store = new TextStore()
  const metabase = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
      // As a store does with what has run out.
      for (const [id, record] of store.records) if (id.startsWith('metabase-')) forgotten += Number(store.records.delete(id) && /"metabase":"[\w-]{36}"/.test(record))
      signedIn(response, request)
    }
  })
  let forgotten = 0
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true, instanceUrl: metabase.url } })
  const cookies = await logIn()
  await logOut(app, cookies)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.equal(forgotten, 1)
})

t.test('a session that gets another id takes along all that is remembered', async t => {
  const metabase = await numberedMetabase(t)
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: metabase.url }, after: addStepUp })
  const cookies = await logIn()
  for (let n = 0; n < 300; n++) await app.inject({ url: '/sso/metabase', cookies })
  const now = await stepUp(app, cookies)
  t.match((await logOut(app, now)).json(), { ended: 300, left: 0 })
  t.strictSame([...metabase.open], [])
})

t.test('a sign-in that is under way when the session gets another id does not outlive its logout', async t => {
  let stepped: Cookies | undefined
  const metabase = await numberedMetabase(t, { beforeAnswer: async id => { if (id === 'session-2') stepped = await stepUp(app, cookies) } })
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: metabase.url }, after: addStepUp })
  const cookies = await logIn()
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 401, 'its user session is over')
  t.strictSame([...metabase.open], ['session-1'])
  t.match((await logOut(app, stepped ?? {})).json(), { ended: 1, left: 0 })
  t.strictSame([...metabase.open], [])
})

t.test('two logins at once in one browser are both good', async t => {
  let release = () => {}
  let hasBegun = false
  const released = new Promise<void>(resolve => { release = resolve })
  const metabase = await numberedMetabase(t, { beforeAnswer: async id => { if (id === 'session-2') { release(); await other } } })
  const { app, logIn } = await startHost(t, {
    options: { logout: true, instanceUrl: metabase.url },
    after: app => {
      app.post('/late', async request => { hasBegun = true; await released; await request.session.regenerate(); return 'no exchange' })
      app.post('/login-and-exchange', async request => {
        await request.session.regenerate()
        const session = await app.metabaseSso.exchange(ANN, request)
        request.session.user = ANN
        return session
      })
    }
  })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const other = app.inject({ method: 'POST', url: '/late', cookies })
  await until(() => hasBegun)
  const response = await app.inject({ method: 'POST', url: '/login-and-exchange', cookies })
  t.equal(response.statusCode, 200, 'though the other has taken along what was remembered')
  t.match((await logOut(app, cookiesOf(response))).json(), { ended: 1 }, 'and remembered, before it had a user')
  t.strictSame([...metabase.open], ['session-1'], 'which the other has')
})

t.test('a host that gives out new ids in a hook of its own takes along what is to be ended, too', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: { logout: true },
    after: app => {
      app.addHook('onRequest', async request => { if (request.url === '/old') await request.session.regenerate(['user']) })
      app.get('/old', async () => 'old')
    }
  })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookiesOf(await app.inject({ url: '/old', cookies })))).json(), { ended: 1 })
  t.equal(metabase.sessions.size, 0)
})

t.test('a store that fails when it is asked once more does not fail a logout', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const [set, destroy] = [store.set.bind(store), store.destroy.bind(store)]
  let fails = false
  store.set = (id, record, callback) => { if (fails && id.startsWith('metabase-')) callback(new Error('store is down')); else set(id, record, callback) }
  store.destroy = (id, callback) => { destroy(id, callback); fails = true }
  t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 })
  t.equal(metabase.sessions.size, 0)
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
})
