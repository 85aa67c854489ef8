import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { besideSessions } from '../../lib/host/store.js'
import { createSessionRegistry } from '../../lib/sessions/registry.js'
import { ANN, cookiesOf, SESSION_SECRET, standIn, startHost } from '../helpers/host.js'
import { html, json, ownMetabase, signedIn } from '../helpers/own-metabase.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { stopClock } from '../helpers/standing-clock.js'

t.test('the plugin forgets no session when a slow request ends after a sign-in', async t => {
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
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('the plugin remembers each of five exchanges at once for one session', async t => {
  const store = new TextStore()
  const { app, metabase, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  app.get('/own', async request => await app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await logIn()
  for (let round = 1; round <= 3; round++) {
    await Promise.all(Array.from({ length: 5 }, async () => await app.inject({ url: '/own', cookies })))
    t.equal(metabase.sessions.size, 5 * round)
  }
  t.match((await logOut(app, cookies)).json(), { ended: 15, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

/** A registry of one user session, and a store of which some writes fail. */
function ofOneSession () {
  const store = new TextStore()
  const counts = { fails: 0, now: 0, most: 0 }
  const set = store.set.bind(store)
  store.set = (key, record, callback) => {
    counts.most = Math.max(counts.most, ++counts.now)
    const done: typeof callback = error => { counts.now--; callback(error) }
    if (counts.fails-- > 0) setImmediate(done, new Error('store is down'))
    else set(key, record, done)
  }
  const session = { id: 'a session', isBrought: true, store: besideSessions(store), log: Fastify().log }
  const registry = createSessionRegistry('https://metabase.example.com', 60_000)
  const add = async (id: string) => await registry.update(session, record =>
    record.issued.some(issued => issued.id === id) ? record : { ...record, issued: [...record.issued, { id, at: 1 }] })
  const ids = async () => (await registry.read(session)).issued.map(({ id }) => id)
  return { counts, add, ids }
}

t.test('the registry makes changes of one record follow one another', async t => {
  const { counts, add, ids } = ofOneSession()
  await Promise.all(['1', '2', '3', '4', '5'].map(add))
  t.strictSame(await ids(), ['1', '2', '3', '4', '5'])
  t.equal(counts.most, 1)
})

t.test('the registry makes a change wait that comes while others wait', async t => {
  const { counts, add, ids } = ofOneSession()
  const [first, ...others] = ['1', '2', '3'].map(add)
  await first
  await Promise.all([...others, add('4')])
  t.strictSame(await ids(), ['1', '2', '3', '4'])
  t.equal(counts.most, 1)
})

t.test('the registry goes on with a record after changes of it failed', async t => {
  const { counts, add, ids } = ofOneSession()
  counts.fails = 2
  const results = await Promise.allSettled(['1', '2', '3', '4', '5'].map(add))
  t.strictSame(results.map(({ status }) => status), [...Array(2).fill('rejected'), ...Array(3).fill('fulfilled')])
  t.strictSame(await ids(), ['3', '4', '5'])
})

t.test('the plugin ends a session where login, exchange and logout meet three processes', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const options = { logout: true, instanceUrl: metabase.url }
  const start = async () => await startHost(t, { session: { store }, options })
  const cookies = await (await start()).logIn()
  const { id } = (await (await start()).app.inject({ url: '/sso/metabase', cookies })).json()
  t.ok(metabase.sessions.has(id))
  t.match((await logOut((await start()).app, cookies)).json(), { ended: 1, remaining: 0 })
  t.notOk(metabase.sessions.has(id))
})

t.test('the plugin signs out of two instances separately', async t => {
  const other = await standIn(t)
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const eu = { namespace: 'eu', path: '/eu', logout: true, secret: metabase.secret, instanceUrl: other.url }
  app.register(metabaseSso, eu)
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  await app.inject({ url: '/eu', cookies })
  const { body } = await app.inject({ method: 'POST', url: '/eu/logout', cookies })
  t.match(JSON.parse(body), { ended: 1, logoutUrl: `${other.url}/auth/logout` })
  t.strictSame([metabase.sessions.size, other.sessions.size], [1, 0])
  t.match((await logOut(app, cookies)).json(), { ended: 1, logoutUrl: `${metabase.url}/auth/logout` })
  t.equal(metabase.sessions.size, 0)
})

t.test('the plugin answers an exchange at one instance while the user signs out of another', async t => {
  const other = await ownMetabase(t, {
    to_session (response, request) {
      logOut(app, cookies).then(() => signedIn(response, request), error => t.fail(error))
    }
  })
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  app.register(
    metabaseSso, { namespace: 'eu', path: '/eu', logout: true, secret: metabase.secret, instanceUrl: other.url }
  )
  const cookies = await logIn()
  t.equal((await app.inject({ url: '/eu', cookies })).statusCode, 200)
})

t.test('the plugin keeps a record for two weeks, under a key that tells nothing', async t => {
  const store = new TextStore()
  stopClock(t, Date)
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const [name, text] = [...store.records].find(([, text]) => text.includes('"issued":[')) ?? ['', '{}']
  t.match(name, /^metabase-[\da-f]{64}$/)
  const { cookie, metabase: { issued } } = JSON.parse(text)
  const twoWeeks = 14 * 24 * 3600 * 1000
  t.match(cookie, { originalMaxAge: twoWeeks, maxAge: twoWeeks })
  t.equal(new Date(cookie.expires).getTime(), Date.now() + twoWeeks)
  t.match(issued, [{ id: String, at: Date.now() }])
})

t.test('the route ends a session whose exchange was under way at a logout', async t => {
  const ended: unknown[] = []
  let signIns = 0
  let report: unknown
  const own = await ownMetabase(t, {
    to_session: (response, request) => {
      const answer = json(200, { status: 'ok', id: `session-${++signIns}`, iat: 1, exp: 9_999_999_999 })
      if (signIns === 1) return answer(response, request)
      // Metabase has signed the user in; before the app hears of it, the user signs out.
      logOut(app, cookies)
        .then(logout => { report = logout.json(); answer(response, request) }, error => t.fail(error))
    },
    other (response, { headers }) {
      ended.push(headers['x-metabase-session'])
      response.writeHead(204).end()
    }
  })
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: own.url } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.match(report, { ended: 1, remaining: 0 })
  t.match([response.statusCode, response.json()], [401, { message: 'not authenticated' }])
  t.strictSame(ended, ['session-1', 'session-2'])
})

t.test('the route answers 401, too, when Metabase is gone by then', async t => {
  let signIns = 0
  const own = await ownMetabase(t, {
    to_session: (response, request) => {
      const answer = json(200, { status: 'ok', id: `session-${++signIns}`, iat: 1, exp: 9_999_999_999 })
      if (signIns === 1) return answer(response, request)
      logOut(app, cookies).then(() => answer(response, request), error => t.fail(error))
    },
    other: html(503)
  })
  const { app, logs, logIn } = await startHost(t, { options: { logout: true, instanceUrl: own.url } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 401)
  const warning = logs.findLast(({ err, level }) => err !== undefined && level === 40)
  t.match(warning, { msg: /could not be ended after its user had signed out$/, err: { code: 'METABASE_SSO_GATEWAY_FAILED' } })
})

t.test('the plugin keeps nothing for a client with a bearer token', async t => {
  const store = new TextStore()
  const options = { logout: true, getUser: () => ({ email: 'ann@example.com' }) }
  const { app, metabase } = await startHost(t, { session: { store }, options })
  const request = { url: '/sso/metabase', headers: { authorization: 'Bearer of Ann' } }
  for (let i = 0; i < 5; i++) await app.inject(request)
  t.equal(metabase.sessions.size, 5)
  t.equal(store.records.size, 0)
})

for (const saves of [false, true]) {
  t.test(`the plugin remembers an exchange in the request of a login (saved: ${saves})`, async t => {
    const { app, metabase } = await startHost(t, {
      options: { logout: true },
      after: app => {
        app.post('/login-and-exchange', async request => {
          request.session.user = ANN
          if (saves) await request.session.save()
          return await app.metabaseSso.exchange(ANN, request)
        })
      }
    })
    const cookies = cookiesOf(await app.inject({ method: 'POST', url: '/login-and-exchange' }))
    t.match((await logOut(app, cookies)).json(), { ended: 1 })
    t.equal(metabase.sessions.size, 0)
  })
}

t.test('the plugin knows a session whose cookie was signed with an earlier secret', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const options = { logout: true, instanceUrl: metabase.url }
  const start = async (secret: string[]) => await startHost(t, { session: { store, secret }, options })
  const cookies = await (await start([SESSION_SECRET])).logIn()
  const { app } = await start([SESSION_SECRET.toUpperCase(), SESSION_SECRET])
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
})
