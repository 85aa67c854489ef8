import t, { type Test } from 'tap'
import { startHost, type Cookies } from '../helpers/host.js'
import { json, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { addStepUp, logOut, stepUp, TextStore } from '../helpers/logout.js'

const nothing = async (_id: string): Promise<unknown> => undefined

/** A Metabase that numbers its sessions, and keeps those that have not been ended. */
async function numberedMetabase (t: Test, { beforeAnswer = nothing, beforeEnding = nothing } = {}) {
  const open = new Set<string>()
  let count = 0
  const end: Reply = (response, { headers }) => {
    const id = String(headers['x-metabase-session'])
    beforeEnding(id).then(() => { open.delete(id); response.writeHead(204).end() }, error => t.fail(error))
  }
  const own = await ownMetabase(t, {
    to_session: (response, request) => {
      const id = `session-${++count}`
      open.add(id)
      const iat = Math.floor(Date.now() / 1000)
      const answer = json(200, { status: 'ok', id, iat, exp: iat + 600 })
      beforeAnswer(id).then(() => answer(response, request), error => t.fail(error))
    },
    other: end
  })
  return { open, url: own.url }
}

for (const cache of [false, true]) {
  t.test(`the route ends what a page gets as Metabase ends sessions (cache: ${cache})`, async t => {
    let meanwhile = async () => {}
    const beforeEnding = async (id: string) => { if (id === 'session-1') await meanwhile() }
    const metabase = await numberedMetabase(t, { beforeEnding })
    const { app, logIn } = await startHost(t, { options: { logout: true, cache, instanceUrl: metabase.url } })
    const cookies = await logIn()
    const ask = async () => { await app.inject({ url: '/sso/metabase', cookies }) }
    await ask()
    meanwhile = ask
    // From the cache the page gets the session that is about to be over.
    t.match((await logOut(app, cookies)).json(), { ended: cache ? 1 : 2, remaining: 0 })
    t.strictSame([...metabase.open], [])
    await ask()
    t.equal(metabase.open.size, 1, 'none that is over is answered again')
  })
}

t.test('the plugin leaves nothing in the cache, should a destroyed session come back', async t => {
  const store = new TextStore()
  const { app, metabase, logIn } = await startHost(t, {
    session: { store },
    options: { logout: true, cache: true },
    after: app => {
      app.post('/logout', async request => {
        const report = await app.metabaseSso.revoke(request)
        await request.session.destroy()
        return report
      })
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

t.test('the plugin takes it for no logout when the store forgets an earlier one', async t => {
  const store = new TextStore()
  const metabase = await ownMetabase(t, {
    to_session: (response, request) => {
      // As a store does with what has run out.
      for (const [id, record] of store.records) {
        if (!id.startsWith('metabase-')) continue
        store.records.delete(id)
        forgotten += Number(/"metabase":"[\w-]{36}"/.test(record))
      }
      signedIn(response, request)
    }
  })
  let forgotten = 0
  const options = { logout: true, instanceUrl: metabase.url }
  const { app, logIn } = await startHost(t, { session: { store }, options })
  const cookies = await logIn()
  await logOut(app, cookies)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.equal(forgotten, 1)
})

t.test('the route answers an exchange that is under way when the session gets another id', async t => {
  let stepped: Cookies | undefined
  const beforeAnswer = async (id: string) => { if (id === 'session-2') stepped = await stepUp(app, cookies) }
  const metabase = await numberedMetabase(t, { beforeAnswer })
  const options = { logout: true, instanceUrl: metabase.url }
  const { app, logIn } = await startHost(t, { options, after: addStepUp })
  const cookies = await logIn()
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200, 'the user has not signed out')
  t.equal((await app.inject({ url: '/sso/metabase', cookies: stepped ?? {} })).statusCode, 200)
  t.match((await logOut(app, stepped ?? {})).json(), { ended: 1, remaining: 0 })
  t.strictSame([...metabase.open], ['session-1', 'session-2'], 'of the id that is over nothing is known')
})

t.test('the route answers 200 when the store fails once the sessions are over', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const [get, destroy] = [store.get.bind(store), store.destroy.bind(store)]
  let fails = false
  store.get = (id, callback) => {
    if (fails && id.startsWith('metabase-')) callback(new Error('store is down'))
    else get(id, callback)
  }
  store.destroy = (id, callback) => { destroy(id, callback); fails = true }
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.ok(fails)
  t.equal(metabase.sessions.size, 0)
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
})
