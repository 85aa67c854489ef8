import type { SessionStore } from '@fastify/session'
import type { FastifyRequest, Session } from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { ANN, cookiesOf, SESSION_SECRET, standIn, startHost } from '../helpers/host.js'
import { createSessionMemory } from '../../lib/sessions/registry.js'
import { discovered, html, json, ownMetabase } from '../helpers/own-metabase.js'
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

t.test('what is kept can be told neither from its name nor for longer than Metabase lets a session live', async t => {
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const [name, text] = [...store.records].find(([, text]) => text.includes('"metabase":[')) ?? ['', '{}']
  t.match(name, /^metabase-[\da-f]{64}$/)
  const { cookie } = JSON.parse(text)
  const twoWeeks = 14 * 24 * 3600 * 1000
  t.match(cookie, { originalMaxAge: twoWeeks, maxAge: twoWeeks })
  t.ok(Math.abs(new Date(cookie.expires).getTime() - Date.now() - twoWeeks) < 60_000)
})

t.test('a logout in the middle of a sign-in ends that one, too', async t => {
  const ended: unknown[] = []
  let signIns = 0
  let report: unknown
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
      const answer = json(200, { status: 'ok', id: `session-${++signIns}`, iat: 1, exp: 9_999_999_999 })
      if (signIns === 1) return answer(response, request)
      // Metabase has signed the user in; before the app hears of it, the user signs out.
      logOut(app, cookies).then(logout => { report = logout.json(); answer(response, request) }, error => t.fail(error))
    },
    other: (response, { headers }) => { ended.push(headers['x-metabase-session']); response.writeHead(204).end() }
  })
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: own.url } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.match(report, { ended: 1, left: 0 })
  t.match([response.statusCode, response.json()], [401, { message: 'not authenticated' }])
  t.strictSame(ended, ['session-1', 'session-2'])
})

t.test('and is answered as one, should Metabase be gone by then', async t => {
  let signIns = 0
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
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
  t.match(logs.filter(({ err, level }) => err !== undefined && level === 40).at(-1), { msg: /could not be ended/, err: { code: 'METABASE_SSO_GATEWAY_FAILED' } })
})

t.test('who comes with a bearer token leaves nothing in the store', async t => {
  const store = new TextStore()
  const { app, metabase } = await startHost(t, { session: { store }, options: { logout: true, getUser: () => ({ email: 'ann@example.com' }) } })
  for (let i = 0; i < 5; i++) await app.inject({ url: '/sso/metabase', headers: { authorization: 'Bearer of Ann' } })
  t.equal(metabase.sessions.size, 5)
  t.equal(store.records.size, 0)
})

for (const saves of [false, true]) {
  t.test(`a login and an exchange in one request belong together${saves ? ', also when the session is saved in between' : ''}`, async t => {
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

t.test('a cookie that was signed with an earlier secret of the session is as good', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const start = async (secret: string[]) => await startHost(t, { session: { store, secret }, options: { logout: true, instanceUrl: metabase.url } })
  const cookies = await (await start([SESSION_SECRET])).logIn()
  const { app } = await start([SESSION_SECRET.toUpperCase(), SESSION_SECRET])
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.match((await logOut(app, cookies)).json(), { ended: 1, left: 0 })
})

t.test('each slot keeps the newest hundred, and those of them that are not forgotten', async t => {
  const records = new Map<string, Session>()
  const store: SessionStore = {
    get: (id, callback) => callback(null, records.get(id) ?? null),
    set: (id, record, callback) => { records.set(id, record); callback() },
    destroy: (id, callback) => { records.delete(id); callback() }
  }
  const request = { session: { sessionId: 's', encryptedSessionId: 's.x', isModified: () => true }, sessionStore: store } as unknown as FastifyRequest
  const memory = createSessionMemory('https://metabase.example.com', 1000)
  for (let n = 0; n < 2500; n++) await memory.remember(request, `id-${n}`)
  const ids = await memory.recall(request)
  t.equal(ids.length, 1600)
  t.ok(ids.includes('id-2499') && !ids.includes('id-0'))

  await memory.forget(request, ['id-2499'])
  t.strictSame(await memory.recall(request), ids.filter(id => id !== 'id-2499'))
})
