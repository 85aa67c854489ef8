import { Agent } from 'undici'
import t from 'tap'
import { sessionUser } from '../../lib/host/session.js'
import { resolveOptions } from '../../lib/options/resolve.js'
import { SECRET, startHost } from '../helpers/host.js'

const good = { secret: SECRET, instanceUrl: 'https://metabase.example.com' }

function deepFreeze<T extends object> (value: T): T {
  for (const inner of Object.values(value)) {
    if (typeof inner === 'object' && inner !== null && !Buffer.isBuffer(inner)) deepFreeze(inner)
  }
  return Object.freeze(value)
}

t.test('the defaults are those of the documentation', async t => {
  t.match(resolveOptions(good), {
    secret: [SECRET],
    instanceUrl: 'https://metabase.example.com',
    publicUrl: 'https://metabase.example.com',
    allowAdministrators: false,
    claimNames: {},
    origin: [],
    getUser: sessionUser,
    authorize: undefined,
    requireTenant: false,
    routeConfig: undefined,
    connections: 64,
    queue: 500,
    cache: false,
    errorUrl: undefined,
    path: '/sso/metabase',
    tokenLifetime: 600,
    timeout: 5000,
    loginUrl: undefined,
    guest: undefined,
    logout: undefined,
    verify: 'warn',
    namespace: undefined,
    dispatcher: undefined
  })
})

t.test('the defaults of guest embeds and of the logout are those of the documentation', async t => {
  const guest = { secret: SECRET.replaceAll('f', 'e'), authorize: () => false as const }
  const resolved = resolveOptions({ ...good, guest, logout: true })
  t.match(resolved.guest, { public: false, path: '/sso/metabase/guest', tokenLifetime: 600, routeConfig: undefined })
  t.strictSame(resolved.logout, { path: '/sso/metabase/logout', routeConfig: undefined })
  t.equal(resolveOptions({ ...good, path: '/', logout: true }).logout?.path, '/logout')
  const own = { path: '/bye', routeConfig: { public: true } }
  t.strictSame(resolveOptions({ ...good, logout: own }).logout, own)
  t.ok(Object.isFrozen(resolved.guest))
})

t.test('the smallest and the largest numbers hold', async t => {
  const smallest = { tokenLifetime: 1, timeout: 100, connections: 1, queue: 0 }
  const largest = { tokenLifetime: 86_400, timeout: 60_000, connections: 10_000, queue: 100_000 }
  for (const numbers of [smallest, largest]) t.match(resolveOptions({ ...good, ...numbers }), numbers)
})

t.test('the instance URL may be a URL, and keeps its path prefix', async t => {
  const url = new URL('https://example.com/metabase/')
  t.equal(resolveOptions({ ...good, instanceUrl: url }).instanceUrl, 'https://example.com/metabase')
  const portal = 'https://example.com/auth/sso/bi'
  t.equal(resolveOptions({ ...good, instanceUrl: portal }).instanceUrl, portal)
  t.equal(resolveOptions({ ...good, instanceUrl: 'http://localhost:3000' }).instanceUrl, 'http://localhost:3000')
})

t.test('publicUrl is the instance URL by default, and keeps its path prefix', async t => {
  const instanceUrl = 'http://metabase:3000/bi'
  t.equal(resolveOptions({ ...good, instanceUrl }).publicUrl, instanceUrl)
  t.match(resolveOptions({ ...good, instanceUrl, publicUrl: new URL('https://bi.example.com/metabase//') }),
    { instanceUrl, publicUrl: 'https://bi.example.com/metabase' })
})

t.test('allowAdministrators may be true, false or a function', async t => {
  t.equal(resolveOptions({ ...good, allowAdministrators: true }).allowAdministrators, true)
  t.equal(resolveOptions({ ...good, allowAdministrators: undefined }).allowAdministrators, false)
  t.type(resolveOptions({ ...good, allowAdministrators: () => true }).allowAdministrators, 'function')
})

t.test('claimNames are copied, and each may be left out or undefined', async t => {
  const claimNames = { email: 'mail', groups: undefined }
  const { checkClaims } = resolveOptions({ ...good, claimNames })
  claimNames.email = 'changed'
  const { payload } = checkClaims({ email: 'ann@example.com', groups: ['sales'] })
  t.strictSame(payload, { mail: 'ann@example.com', groups: ['sales'] })
})

t.test('guest embeds alone have no secret', async t => {
  const { secret, ...guestAlone } = { ...good, guest: { secret: SECRET, authorize: () => false } }
  t.equal(resolveOptions(guestAlone).secret, undefined)
})

t.test('origins may be exact, patterns, lists of both, and schemes of an app', async t => {
  for (const origin of [
    'https://app.example.com',
    'http://localhost:5173',
    'capacitor://localhost',
    /^https:\/\/[a-z]+\.example\.com$/,
    false
  ]) {
    t.ok(resolveOptions({ ...good, origin }))
  }
  t.strictSame(
    resolveOptions({ ...good, origin: ['https://a.example', /^https:\/\/b\.example$/] }).origin,
    ['https://a.example', /^https:\/\/b\.example$/]
  )
})

t.test('login URLs may be paths, URLs or functions', async t => {
  for (const loginUrl of ['/', '/login', '/login?from=bi', 'HTTP://id.example.com/login', 'https://id.example.com/login']) {
    t.equal(resolveOptions({ ...good, loginUrl }).loginUrl, loginUrl)
  }
  t.type(resolveOptions({ ...good, loginUrl: () => '/login' }).loginUrl, 'function')
})

t.test('a deep-frozen object of options works, and is what it was before', async t => {
  const agent = new Agent()
  t.teardown(() => agent.close())
  const options = deepFreeze({
    origin: ['https://a.example', /^https:\/\/b\.example$/],
    path: '/bi',
    tokenLifetime: 60,
    timeout: 1000,
    loginUrl: '/login',
    namespace: 'eu',
    claimNames: { email: 'mail' },
    routeConfig: { rateLimit: { max: 5 } },
    publicUrl: 'https://bi.example.com'
  })
  const before = JSON.stringify(options)
  const { app } = await startHost(t, { options })
  await app.ready()
  t.equal(JSON.stringify(options), before)
})

t.test('what the caller does to its objects afterwards changes nothing', async t => {
  const secret = Buffer.from(SECRET)
  const instanceUrl = new URL('https://metabase.example.com')
  const origin = ['https://a.example']
  const resolved = resolveOptions({ secret, instanceUrl, origin })
  secret.fill(0)
  instanceUrl.host = 'evil.example'
  origin.push('https://evil.example')
  t.match(resolved, {
    secret: [Buffer.from(SECRET)], instanceUrl: 'https://metabase.example.com', origin: ['https://a.example']
  })
  t.ok(Object.isFrozen(resolved))
})
