import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { claimsOf } from '../helpers/claims.js'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { syncGroups } from '../helpers/groups.js'
import { ANN, startHost } from '../helpers/host.js'

const email = 'ann@example.com'

for (const version of VERSIONS) {
  t.test(`${version}: claims arrive under the names that an admin gave them`, async t => {
    const names = { email: 'mail', first_name: 'given', last_name: 'family', groups: 'roles' }
    const host = await startHost(t, { metabase: { version }, options: { claimNames: names } })
    const inMetabase = { email: 'mail', firstName: 'given', lastName: 'family', groups: 'roles' }
    Object.assign(host.metabase.settings.claimNames, inMetabase)
    syncGroups(host.metabase, 'sales')

    t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
    t.match(host.metabase.users.get(ANN.email), { first_name: 'Ann', last_name: 'Lee', groups: ['sales'] })
  })
}

t.test('the tenant and its attributes are renamed, too', async t => {
  const mapUserToClaims = () => ({ email, '@tenant': 'acme', '@tenant.attributes': { tier: 'gold' } })
  const claimNames = { tenant: '@org', tenantAttributes: '@org.data' }
  const host = await startHost(t, { options: { claimNames, mapUserToClaims, requireTenant: true } })
  const { settings } = host.metabase
  Object.assign(settings.claimNames, { tenant: '@org', tenantAttributes: '@org.data' })
  settings.tenants = new Map()

  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.equal(host.metabase.users.get(ANN.email)?.tenant, 'acme')
  t.match(settings.tenants.get('acme'), { attributes: { tier: 'gold' } })
})

t.test('a key of the mapper that equals a renamed one is refused', async t => {
  const claimNames = { email: 'mail', groups: 'roles', tenant: 'org' }
  for (const key of ['mail', 'roles', 'org']) {
    const answer = await claimsOf(t, { email, [key]: 'x' }, { claimNames })
    t.match(answer, { code: 'METABASE_SSO_CLAIMS_INVALID' }, key)
    t.throws(() => createClaimsCheck(claimNames)({ email, [key]: 'x' }), { message: new RegExp(`"${key}" is the new name`) })
  }
})

t.test('a name that another claim still has is refused: one would overwrite the other', async t => {
  const [claimNames, claims] = [{ first_name: '@tenant' }, { email, first_name: 'Ann', '@tenant': 'acme' }]
  t.match(await claimsOf(t, claims, { claimNames }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  const undefinedName = { email: undefined, first_name: 'email' }
  t.match(await claimsOf(t, { email, first_name: 'Ann' }, { claimNames: undefinedName }),
    { code: 'METABASE_SSO_CLAIMS_INVALID' })
})

t.test('two names that an admin has swapped are swapped', async t => {
  const claimNames = { first_name: 'last_name', last_name: 'first_name' }
  const claims = await claimsOf(t, { email, first_name: 'Ann', last_name: 'Lee' }, { claimNames })
  t.strictSame(claims, { email, first_name: 'Lee', last_name: 'Ann' })
})

t.test('checks run on the values of renamed claims', async t => {
  const claimNames = { email: 'mail', groups: 'roles' }
  t.match(await claimsOf(t, { email: 'ann' }, { claimNames }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  t.match(await claimsOf(t, { email, groups: ['Administrators'] }, { claimNames }),
    { code: 'METABASE_SSO_ADMINISTRATORS_REFUSED' })
})
