import t from 'tap'
import { checkClaims } from '../../lib/claims.js'
import { startHost, type AppUser } from '../helpers/host.js'

/** The claims that Metabase would read, for a user as the host app holds it. */
async function claimsFor (t: Parameters<typeof startHost>[0], user: object, options: NonNullable<Parameters<typeof startHost>[1]>['options'] = {}) {
  const { app, logIn } = await startHost(t, { options })
  const response = await app.inject({ url: '/sso/metabase?response=json', cookies: await logIn(user as AppUser) })
  const { jwt, ...rest } = response.json()
  if (jwt === undefined) return rest
  const { iat, exp, ...claims } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString())
  return claims
}

const email = 'ann@example.com'

t.test('without a mapper, the common spellings are read', async t => {
  const expected = { email, first_name: 'Ann', last_name: 'Lee', groups: ['sales'] }
  t.strictSame(await claimsFor(t, { email, firstName: 'Ann', lastName: 'Lee', groups: ['sales'] }), expected)
  t.strictSame(await claimsFor(t, { email, first_name: 'Ann', last_name: 'Lee', group: 'sales' }), expected)
})

t.test('without a mapper, what the user lacks is left out, so memberships stay as they are', async t => {
  t.strictSame(await claimsFor(t, { email, firstName: null, last_name: null, group: null, groups: null, password: 'hash' }), { email })
  t.strictSame(await claimsFor(t, { email, groups: [] }), { email, groups: [] })
})

t.test('without a mapper, a user that is no object has no claims', async t => {
  t.match(await claimsFor(t, {}, { getUser: () => 'ann' as unknown as AppUser }), { code: 'METABASE_SSO_CLAIMS_NOT_OBJECT' })
})

t.test('a mapper gets the user and the request', async t => {
  const claims = await claimsFor(t, { email }, { mapUserToClaims: (user, request) => ({ email: user.email, path: request?.url }) })
  t.strictSame(claims, { email, path: '/sso/metabase?response=json' })
})

t.test('a mapper may be async, and may pass attributes, a tenant and registered claims', async t => {
  const claims = { email, plan: 'pro', seats: 5, beta: true, '@tenant': 'acme', '@tenant.attributes': { tier: 1 }, aud: ['metabase'], sub: '1' }
  t.strictSame(await claimsFor(t, { email }, { mapUserToClaims: async () => claims }), claims)
})

t.test('a mapper may use the name that an admin gave to the e-mail claim', async t => {
  t.strictSame(await claimsFor(t, { email }, { mapUserToClaims: user => ({ mail: user.email }) }), { mail: email })
})

t.test('an attribute that is undefined is left out', async t => {
  t.strictSame(await claimsFor(t, { email }, { mapUserToClaims: user => ({ email: user.email, plan: undefined }) }), { email })
})

t.test('a mapper that throws is the host’s fault, and its message stays in the log', async t => {
  const { app, logIn, logs } = await startHost(t, { options: { mapUserToClaims: () => { throw new Error('no such team: 7') } } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.equal(response.statusCode, 500)
  t.match(response.json(), { message: 'authentication failed', code: 'METABASE_SSO_MAPPER_FAILED' })
  t.notMatch(response.body, /team/)
  t.match(logs.find(({ err }) => err), { err: { message: /no such team: 7/ } })
})

t.test('times that are there but undefined are still set by the plugin', async t => {
  const { app } = await startHost(t, { options: { getUser: () => ({ email }), mapUserToClaims: ({ email }) => ({ email, exp: undefined, iat: undefined }) } })
  const { jwt } = (await app.inject('/sso/metabase?response=json')).json()
  const { iat, exp } = JSON.parse(Buffer.from(jwt.split('.')[1], 'base64url').toString())
  t.ok(Math.abs(iat - Date.now() / 1000) < 60)
  t.equal(exp - iat, 600)
})

t.test('what was checked is what is signed, whatever becomes of the objects that the mapper returned', async t => {
  const groups = Object.assign(['Analysts'], { toJSON: () => ['Administrators'] })
  const attributes = { plan: 'free' }
  const claims = checkClaims({ email: 'ann@example.com', groups, '@tenant': 'acme', '@tenant.attributes': attributes })
  groups.push('Administrators')
  attributes.plan = 'enterprise'
  t.strictSame(JSON.parse(JSON.stringify(claims)), { email: 'ann@example.com', groups: ['Analysts'], '@tenant': 'acme', '@tenant.attributes': { plan: 'free' } })
})
