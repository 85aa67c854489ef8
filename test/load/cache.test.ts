import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { outcome } from '../helpers/exchange.js'
import { SECRET, startHost, standIn, type AppUser, type Cookies, type Host } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { json, ownMetabase } from '../helpers/own-metabase.js'
import { stopClock } from '../helpers/standing-clock.js'

async function ask ({ app }: Pick<Host, 'app'>, cookies: Cookies): Promise<string> {
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.equal(response.statusCode, 200)
  return response.json().id
}

t.test('the route answers a page that is loaded again without Metabase', async t => {
  const host = await startHost(t, { options: { cache: true } })
  const cookies = await host.logIn()
  const first = await host.app.inject({ url: '/sso/metabase', cookies })
  const again = await host.app.inject({ url: '/sso/metabase', cookies })
  t.strictSame(again.json(), first.json())
  t.equal(host.metabase.logins, 1)
  t.match(host.logs.filter(({ msg }) => msg === 'signed in to Metabase'), [
    { exchangeMethod: 'to_session', reused: undefined },
    { exchangeMethod: undefined, reused: true }
  ])
})

t.test('the route exchanges 200 sessions for 200 users with 20 page loads each', async t => {
  const host = await startHost(t, { options: { cache: true, timeout: 60_000 } })
  const emails = Array.from({ length: 200 }, (_, n) => `user-${n}@example.com`)
  const users = await Promise.all(emails.map(async email => await host.logIn({ email })))
  const ids = new Set<string>()
  for (let load = 0; load < 20; load += 4) {
    const loads = users.flatMap(cookies => Array.from({ length: 4 }, async () => await ask(host, cookies)))
    for (const id of await Promise.all(loads)) ids.add(id)
  }
  t.strictSame(ids, new Set(host.metabase.sessions.keys()))
  t.equal(host.metabase.logins, 200)
})

t.test('the route finds a session again in every process that shares the store', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const options = { cache: true, instanceUrl: metabase.url }
  const start = async () => await startHost(t, { session: { store }, options })
  const [one, two] = [await start(), await start()]
  const cookies = await one.logIn()
  t.equal(await ask(two, cookies), await ask(one, cookies))
})

t.test('the route never reuses for another session, user, claims, secret or instance', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const other = await standIn(t)
  let group = 'sales'
  const mapUserToClaims = ({ email }: AppUser) => ({ email, groups: [group] })
  const options = { cache: true, instanceUrl: metabase.url, mapUserToClaims }
  const host = await startHost(t, { session: { store }, options })
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  t.equal(await ask(host, cookies), id)

  t.not(await ask(host, await host.logIn()), id, 'another session of the same user')
  group = 'board'
  const asBoard = await ask(host, cookies)
  t.not(asBoard, id, 'other claims')
  t.equal(await ask(host, cookies), asBoard)

  await host.app.inject({ method: 'POST', url: '/login', cookies, payload: { email: 'bob@example.com' } })
  const asBob = await ask(host, cookies)
  t.equal(metabase.sessions.get(asBob)?.email, 'bob@example.com', 'another user in the same session')

  const elsewhere = await startHost(t, { session: { store }, options: { ...options, instanceUrl: other.url } })
  t.ok(other.sessions.has(await ask(elsewhere, cookies)), 'another instance')

  metabase.secret = SECRET.replaceAll('f', 'e')
  const rotated = await startHost(t, { session: { store }, options: { ...options, secret: metabase.secret } })
  const before = metabase.logins
  t.not(await ask(rotated, cookies), asBob, 'another secret')
  t.equal(metabase.logins, before + 1)
})

/** What the plugin has in the store: record and cookie, which tells the store how long to keep it. */
const ours = (store: TextStore): Array<[key: string, record: any]> =>
  [...store.records].filter(([key]) => key.startsWith('metabase-')).map(([key, text]) => [key, JSON.parse(text)])

t.test('the route reuses a session while half of its life is left, and no longer', async t => {
  const clock = stopClock(t, Date)
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { cache: true, tokenLifetime: 600 } })
  const cookies = await host.logIn()
  clock.pass(400) // from here on, the session began 400 ms ago
  const id = await ask(host, cookies)
  const [[, { cookie }] = ['', {}]] = ours(store)
  t.match(cookie, { originalMaxAge: 599_600, maxAge: 599_600 }, 'the store need not keep it longer')
  clock.pass(300_000 - 400)
  t.equal(await ask(host, cookies), id)
  clock.pass(1)
  const next = await ask(host, cookies)
  t.not(next, id)
  t.equal(await ask(host, cookies), next)
})

t.test('the route does not store a session of which less than half of its life is left', async t => {
  stopClock(t, Date)
  const times = { iat: Date.now() / 1000 - 400, exp: Date.now() / 1000 + 200 }
  const session = json(200, { status: 'ok', id: '5e55', ...times })
  const own = await ownMetabase(t, { to_session: session })
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { cache: true, instanceUrl: own.url } })
  const cookies = await host.logIn()
  for (let i = 0; i < 2; i++) t.equal(await ask(host, cookies), '5e55')
  t.strictSame(own.steps, ['to_session', 'to_session'])
  t.strictSame(ours(store), [])
})

t.test('the route takes nothing for a session that the plugin did not write so', async t => {
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { cache: true } })
  const cookies = await host.logIn()
  let id = await ask(host, cookies)
  const [[key, { metabase: { current }, ...record }] = ['', { metabase: {} }]] = ours(store)
  const { fingerprint, session } = current
  for (const foreign of [
    null, 'text', 7, [], {}, { current: null }, { current: 'text' },
    { current: { fingerprint } }, { current: { session } },
    { current: { fingerprint: 7, session } }, { current: { fingerprint: 'another', session } },
    { current: { fingerprint, session: null } }, { current: { fingerprint, session: { ...session, id: 7 } } },
    { current: { fingerprint, session: { ...session, id: 'an id' } } },
    { current: { fingerprint, session: { ...session, exp: 'never' } } },
    { current: { fingerprint, session: { ...session, status: 'over' } } }
  ]) {
    store.records.set(key, JSON.stringify({ ...record, metabase: foreign }))
    const next = await ask(host, cookies)
    t.not(next, id, JSON.stringify(foreign))
    t.ok(host.metabase.sessions.has(next))
    id = next
  }
  t.equal(await ask(host, cookies), id)
})

t.test('the logout route ends a session, which is not used again', async t => {
  const host = await startHost(t, { options: { cache: true, logout: true } })
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  t.match((await logOut(host.app, cookies)).json(), { ended: 1 })
  t.not(await ask(host, cookies), id)
})

t.test('the route never reuses what the host exchanged for itself, and may end', async t => {
  const host = await startHost(t, { options: { cache: true } })
  host.app.get('/own', async request => await host.app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await host.logIn()
  const { id } = (await host.app.inject({ url: '/own', cookies })).json()
  t.not(await ask(host, cookies), id)
})

t.test('the route goes on to reuse a session after the host exchanged another for itself', async t => {
  const host = await startHost(t, { options: { cache: true, logout: true } })
  host.app.get('/own', async request => await host.app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  t.not((await host.app.inject({ url: '/own', cookies })).json().id, id)
  t.equal(await ask(host, cookies), id)
})

t.test('the route never answers a JWT twice', async t => {
  const mapUserToClaims = ({ email }: AppUser) => ({ email, jti: crypto.randomUUID() })
  const { app, logIn } = await startHost(t, { options: { cache: true, mapUserToClaims } })
  const request = { url: '/sso/metabase?response=json', cookies: await logIn() }
  const jwts = await Promise.all([1, 2].map(async () => (await app.inject(request)).json().jwt))
  t.equal(new Set(jwts).size, 2)
})

t.test('the route signs in when the store fails', async t => {
  const store = new TextStore()
  const get = store.get.bind(store)
  store.get = (id, callback) => {
    if (id.startsWith('metabase-')) callback(new Error('store is down'))
    else get(id, callback)
  }
  const { app, logs, logIn } = await startHost(t, { session: { store }, options: { cache: true } })
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies: await logIn() })), ['ok', 200])
  const warnings = logs.filter(({ err }) => err !== undefined)
  t.match(warnings, [{ level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } }])
  t.equal(warnings.length, 1, 'it is not asked to keep the session')
})

t.test('the route reuses a session of whichever key of `secret` Metabase has', async t => {
  const old = SECRET.replaceAll('f', 'e')
  const host = await startHost(t, { metabase: { secret: old }, options: { cache: true, secret: [SECRET, old] } })
  const cookies = await host.logIn()
  await ask(host, cookies) // Metabase still has the old key, as is known from now on
  const id = await ask(host, cookies)
  t.equal(await ask(host, cookies), id)
  t.ok(host.metabase.sessions.has(id))
})

t.test('the route signs in without the `secret` function for as long as it keeps keys', async t => {
  const clock = stopClock(t, performance)
  let isDown = false
  const secret = () => { if (isDown) throw new Error('sealed'); return SECRET }
  const host = await startHost(t, { options: { cache: true, secret } })
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  isDown = true
  clock.pass(4999)
  t.equal(await ask(host, cookies), id)
  t.ok(host.metabase.sessions.has(await ask(host, await host.logIn())))
})

t.test('the route keeps nothing where the session does not reach', async t => {
  const { app, metabase } = await startHost(t, {
    session: { cookie: { secure: false, path: '/elsewhere' } },
    options: { cache: true, getUser: () => ({ email: 'ann@example.com' }) }
  })
  const request = { url: '/sso/metabase', headers: { authorization: 'Bearer x' } }
  for (let i = 0; i < 2; i++) t.equal((await app.inject(request)).statusCode, 200)
  t.equal(metabase.logins, 2)
})

t.test('the plugin refuses to cache without @fastify/session', async t => {
  const app = Fastify()
  const options = { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null }
  app.register(metabaseSso, { ...options, cache: true })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SESSION_MISSING', message: /"cache"/ })
})

t.test('the route keeps nothing for a client with a bearer token', async t => {
  const store = new TextStore()
  const options = { cache: true, getUser: () => ({ email: 'ann@example.com' }) }
  const { app, metabase } = await startHost(t, { session: { store }, options })
  for (let i = 0; i < 3; i++) await app.inject({ url: '/sso/metabase', headers: { authorization: 'Bearer of Ann' } })
  t.equal(metabase.logins, 3)
  t.equal(store.records.size, 0)
})
