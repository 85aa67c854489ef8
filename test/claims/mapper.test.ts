import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { claimsFor } from '../helpers/claims.js'
import { startHost, type AppUser } from '../helpers/host.js'

const email = 'ann@example.com'

t.test('without a mapper, the common spellings are read', async t => {
  const expected = { email, first_name: 'Ann', last_name: 'Lee', groups: ['sales'] }
  t.strictSame(await claimsFor(t, { email, firstName: 'Ann', lastName: 'Lee', groups: ['sales'] }), expected)
  t.strictSame(await claimsFor(t, { email, first_name: 'Ann', last_name: 'Lee', group: 'sales' }), expected)
})

t.test('without a mapper, the plugin leaves out what the user lacks: memberships stay', async t => {
  const user = { email, firstName: null, last_name: null, group: null, groups: null, password: 'hash' }
  t.strictSame(await claimsFor(t, user), { email })
  t.strictSame(await claimsFor(t, { email, groups: [] }), { email, groups: [] })
})

t.test('without a mapper, the plugin refuses a user that is no object, and says so', async t => {
  const { app, logs } = await startHost(t, { options: { getUser: () => 'ann' as unknown as AppUser } })
  t.match((await app.inject('/sso/metabase')).json(), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  t.match(logs.find(({ err }) => err !== undefined), { err: { message: /the user is a string instead of an object/ } })
})

t.test('without a mapper, the plugin refuses null as a user on the server, and says so', async t => {
  const { app } = await startHost(t)
  await app.ready()
  await t.rejects(app.metabaseSso.sign(null as unknown as AppUser),
    { code: 'METABASE_SSO_CLAIMS_INVALID', message: /the user is null instead of an object/ })
})

t.test('the plugin says of a mapper without a return what came and what it expects', async t => {
  const { app, logs, logIn } = await startHost(t, { options: { mapUserToClaims: (() => {}) as never } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.match([response.statusCode, response.json().code], [500, 'METABASE_SSO_CLAIMS_INVALID'])
  t.notMatch(response.body, 'undefined')
  const err = { message: /they are undefined instead of a plain object with "email"/, hint: /^Return from `mapUserToClaims`/ }
  t.match(logs.find(({ err }) => err !== undefined), { err })
})

t.test('a mapper gets the user and the request', async t => {
  const claims = await claimsFor(t, { email }, {
    mapUserToClaims: (user, request) => ({ email: user.email, path: request?.url })
  })
  t.strictSame(claims, { email, path: '/sso/metabase?response=json' })
})

t.test('a mapper may be async, and may pass attributes, a tenant and registered claims', async t => {
  const tenant = { '@tenant': 'acme', '@tenant.attributes': { tier: 1 } }
  const claims = { email, plan: 'pro', seats: 5, beta: true, ...tenant, aud: ['metabase'], sub: '1' }
  t.strictSame(await claimsFor(t, { email }, { mapUserToClaims: async () => claims }), claims)
})

t.test('an e-mail may be as long as one can be', async t => {
  const longest = `${'a'.repeat(249)}@b.co`
  t.strictSame(await claimsFor(t, { email: longest }), { email: longest })
})

t.test('an attribute that is undefined is left out', async t => {
  const mapUserToClaims = (user: AppUser) => ({ email: user.email, plan: undefined })
  t.strictSame(await claimsFor(t, { email }, { mapUserToClaims }), { email })
})

t.test('a mapper that throws is the host’s fault, and its message stays in the log', async t => {
  const mapUserToClaims = () => { throw new Error('no such team: 7') }
  const { app, logIn, logs } = await startHost(t, { options: { mapUserToClaims } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.equal(response.statusCode, 500)
  t.match(response.json(), { message: 'authentication failed', code: 'METABASE_SSO_MAPPER_FAILED' })
  t.notMatch(response.body, /team/)
  t.match(logs.find(({ err }) => err), { err: { message: /no such team: 7/ } })
})

t.test('times that are there but undefined are still set by the plugin', async t => {
  const mapUserToClaims = () => ({ email, exp: undefined, iat: undefined })
  const { app } = await startHost(t, { options: { getUser: () => ({ email }), mapUserToClaims } })
  const { jwt } = (await app.inject('/sso/metabase?response=json')).json()
  const { iat, exp } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString())
  t.ok(Math.abs(iat - Date.now() / 1000) < 60)
  t.equal(exp - iat, 600)
})

t.test('what was checked is what is signed, whatever the mapper does to it later', async t => {
  const groups = Object.assign(['Analysts'], { toJSON: () => ['Administrators'] })
  const attributes = { plan: 'free' }
  const plans = Object.assign(['free'], { join: () => 'enterprise' })
  const result = { email, groups, '@tenant': 'acme', '@tenant.attributes': attributes, plans }
  const { payload, namesAdministrators } = createClaimsCheck({})(result)
  groups.push('Administrators')
  attributes.plan = 'enterprise'
  plans.push('enterprise')
  t.strictSame(JSON.parse(JSON.stringify(payload)),
    { email, groups: ['Analysts'], '@tenant': 'acme', '@tenant.attributes': { plan: 'free' }, plans: 'free' })
  t.equal(namesAdministrators, false)
})
