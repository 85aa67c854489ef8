import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { setClock } from '../helpers/clock.js'
import { outcome } from '../helpers/exchange.js'
import { SECRET, startHost, standIn, type AppUser, type Cookies, type Host } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

async function ask ({ app }: Pick<Host, 'app'>, cookies: Cookies): Promise<string> {
  const response = await app.inject({ url: '/sso/metabase', cookies })
  t.equal(response.statusCode, 200)
  return response.json().id
}

t.test('a page that is loaded again costs Metabase nothing', async t => {
  const host = await startHost(t, { options: { cache: true } })
  const cookies = await host.logIn()
  const first = await host.app.inject({ url: '/sso/metabase', cookies })
  const again = await host.app.inject({ url: '/sso/metabase', cookies })
  t.strictSame(again.json(), first.json())
  t.equal(host.metabase.logins, 1)
  t.match(host.logs.filter(({ msg }) => msg === 'signed in to Metabase'), [{ generation: String }, { reused: true }])
})

t.test('200 users who load a page 20 times each cost 200 exchanges', async t => {
  const host = await startHost(t, { options: { cache: true } })
  const users = await Promise.all(Array.from({ length: 200 }, async (_, n) => await host.logIn({ email: `user-${n}@example.com` })))
  const ids = new Set<string>()
  for (let load = 0; load < 20; load += 4) {
    for (const id of await Promise.all(users.flatMap(cookies => Array.from({ length: 4 }, async () => await ask(host, cookies))))) ids.add(id)
  }
  t.strictSame(ids, new Set(host.metabase.sessions.keys()))
  t.equal(host.metabase.logins, 200)
})

t.test('every process that shares the store knows it', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const start = async () => await startHost(t, { session: { store }, options: { cache: true, instanceUrl: metabase.url } })
  const [one, two] = [await start(), await start()]
  const cookies = await one.logIn()
  t.equal(await ask(two, cookies), await ask(one, cookies))
})

t.test('nobody else gets it: not another user session, user, set of claims, secret or instance', async t => {
  const store = new TextStore()
  const metabase = await standIn(t)
  const other = await standIn(t)
  let group = 'sales'
  const options = { cache: true, instanceUrl: metabase.url, mapUserToClaims: ({ email }: AppUser) => ({ email, groups: [group] }) }
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

t.test('it is used while half of its life is left, and no longer', async t => {
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { cache: true, tokenLifetime: 600 } })
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  const { cookie } = JSON.parse([...store.records].find(([key]) => key.startsWith('metabase-'))?.[1] ?? '{}')
  t.ok(cookie.originalMaxAge > 290_000 && cookie.originalMaxAge <= 300_000, 'the store need not keep it longer')
  const age = (seconds: number) => {
    for (const [key, text] of store.records) {
      const record = JSON.parse(text)
      if (record.metabase === undefined) continue
      record.metabase.session.iat -= seconds
      record.metabase.session.exp -= seconds
      store.records.set(key, JSON.stringify(record))
    }
  }
  age(295)
  t.equal(await ask(host, cookies), id)
  age(10)
  const next = await ask(host, cookies)
  t.not(next, id)
  t.equal(await ask(host, cookies), next)
})

t.test('signing out ends it, and it is not used again', async t => {
  const host = await startHost(t, { options: { cache: true, logout: true } })
  const cookies = await host.logIn()
  const id = await ask(host, cookies)
  t.match((await logOut(host.app, cookies)).json(), { ended: 1 })
  t.not(await ask(host, cookies), id)
})

t.test('what the host exchanged for itself, and may end, is not given to the page', async t => {
  const host = await startHost(t, { options: { cache: true } })
  host.app.get('/own', async request => await host.app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await host.logIn()
  const { id } = (await host.app.inject({ url: '/own', cookies })).json()
  t.not(await ask(host, cookies), id)
})

t.test('a JWT is never used twice', async t => {
  const { app, logIn } = await startHost(t, { options: { cache: true, mapUserToClaims: ({ email }) => ({ email, jti: crypto.randomUUID() }) } })
  const cookies = await logIn()
  const jwts = await Promise.all([1, 2].map(async () => (await app.inject({ url: '/sso/metabase?response=json', cookies })).json().jwt))
  t.equal(new Set(jwts).size, 2)
})

t.test('a store that fails keeps nobody from signing in', async t => {
  const store = new TextStore()
  const get = store.get.bind(store)
  store.get = (id, callback) => { if (id.startsWith('metabase-')) callback(new Error('store is down')); else get(id, callback) }
  const { app, logs, logIn } = await startHost(t, { session: { store }, options: { cache: true } })
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies: await logIn() })), ['ok', 200])
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
})

t.test('a vault that is down keeps nobody from what does not need it', async t => {
  let isDown = false
  const old = SECRET.replaceAll('f', 'e')
  const secret = () => { if (isDown) throw new Error('sealed'); return SECRET }
  const steady = setClock(t, performance)
  const host = await startHost(t, { metabase: { secret: old }, options: { cache: true, secret, previousSecret: old } })
  const cookies = await host.logIn()
  await ask(host, cookies) // Metabase still has the old key, as is known from now on
  const id = await ask(host, cookies)
  isDown = true
  steady.ahead += 10_000 // what the vault said is kept no longer
  t.equal(await ask(host, cookies), id)
  t.ok(host.metabase.sessions.has(await ask(host, await host.logIn())))
})

t.test('where the session does not reach, nothing is kept', async t => {
  const { app, metabase } = await startHost(t, {
    session: { cookie: { secure: false, path: '/elsewhere' } },
    options: { cache: true, getUser: () => ({ email: 'ann@example.com' }) }
  })
  for (let i = 0; i < 2; i++) t.equal((await app.inject({ url: '/sso/metabase', headers: { authorization: 'Bearer x' } })).statusCode, 200)
  t.equal(metabase.logins, 2)
})

t.test('it takes @fastify/session', async t => {
  const app = Fastify()
  app.register(metabaseSso, { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null, cache: true })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SESSION_STORE_MISSING', message: /"cache"/ })
})

t.test('who comes with a bearer token leaves nothing in the store', async t => {
  const store = new TextStore()
  const { app, metabase } = await startHost(t, { session: { store }, options: { cache: true, getUser: () => ({ email: 'ann@example.com' }) } })
  for (let i = 0; i < 3; i++) await app.inject({ url: '/sso/metabase', headers: { authorization: 'Bearer of Ann' } })
  t.equal(metabase.logins, 3)
  t.equal(store.records.size, 0)
})
