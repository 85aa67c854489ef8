import t, { type Test } from 'tap'
import { startHost, type Cookies } from '../helpers/host.js'
import { json, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { addStepUp, logOut, stepUp, TextStore } from '../helpers/logout.js'
import { until } from '../helpers/until.js'

let claims: { email: string, region?: string } = { email: 'ann@example.com' }
const mapUserToClaims = () => claims

/** Holds work up until it opens. */
function gate () {
  let open = () => {}
  const opened = new Promise<void>(resolve => { open = resolve })
  return { open, opened }
}

const nothing = async (_id: string): Promise<unknown> => undefined

/** A Metabase that numbers its sessions, and keeps those that have not been ended. */
async function numberedMetabase (t: Test, { beforeAnswer = nothing, beforeEnding = nothing } = {}) {
  const open = new Set<string>()
  let count = 0
  const end: Reply = (response, { headers }) => {
    const id = String(headers['x-metabase-session'])
    metabase.ending++
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
  const metabase = { open, url: own.url, ending: 0 }
  return metabase
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

for (const cache of [false, true]) {
  t.test(`the route refuses an exchange that began during a logout, and ends it (cache: ${cache})`, async t => {
    claims = { email: 'ann@example.com' }
    const [ending, answering] = [gate(), gate()]
    const metabase = await numberedMetabase(t, {
      beforeEnding: async id => { if (id === 'session-1') await ending.opened },
      beforeAnswer: async id => { if (id === 'session-2') await answering.opened }
    })
    const options = { logout: true, cache, instanceUrl: metabase.url, mapUserToClaims }
    const { app, logs, logIn } = await startHost(t, { options })
    const cookies = await logIn()
    await app.inject({ url: '/sso/metabase', cookies })
    const loggedOut = logOut(app, cookies)
    await until(() => metabase.ending > 0)
    claims = { email: 'ann@example.com', region: 'south' } // not answered from the cache
    const late = app.inject({ url: '/sso/metabase', cookies })
    await until(() => metabase.open.size === 2)
    ending.open()
    t.match((await loggedOut).json(), { ended: 1, remaining: 0 })
    answering.open()
    t.equal((await late).statusCode, 401)
    t.strictSame([...metabase.open], [])
    t.strictSame(logs.filter(({ level }) => Number(level) >= 40), [])
  })

  t.test(`the route refuses an exchange whose session the app destroys after a logout (cache: ${cache})`, async t => {
    const answering = gate()
    const metabase = await numberedMetabase(t, { beforeAnswer: async () => await answering.opened })
    const { app, logIn } = await startHost(t, {
      options: { logout: true, cache, instanceUrl: metabase.url },
      after: app => {
        app.post('/logout', async request => {
          await request.session.destroy()
          return 'signed out'
        })
      }
    })
    const cookies = await logIn()
    t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 0 })
    const late = app.inject({ url: '/sso/metabase', cookies })
    await until(() => metabase.open.size === 1)
    await app.inject({ method: 'POST', url: '/logout', cookies })
    answering.open()
    t.equal((await late).statusCode, 401)
    t.strictSame([...metabase.open], [])
  })
}

t.test('the route ends what the cache holds from before the option `logout`', async t => {
  const store = new TextStore()
  const before = await startHost(t, { session: { store }, options: { cache: true } })
  const cookies = await before.logIn()
  await before.app.inject({ url: '/sso/metabase', cookies })
  const { metabase } = before
  const options = { cache: true, logout: true, instanceUrl: metabase.url }
  const { app } = await startHost(t, { session: { store }, options })
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
  const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
  t.ok(metabase.sessions.has(id), 'and answers it no more')
})

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

t.test('the mark of a logout outlives every exchange that can be under way', async t => {
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  await logOut(app, await logIn())
  const ours = [...store.records].filter(([key]) => key.startsWith('metabase-')).map(([, text]) => JSON.parse(text))
  t.equal(ours.length, 1)
  // A minute for the exchange at most, and as long for each call of the store.
  t.ok(ours[0].cookie.maxAge >= 10 * 60_000)
})
