import t from 'tap'
import { claimsOf } from '../helpers/claims.js'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

const email = 'ann@example.com'

t.test('a last name of null is left out of the JWT', async t => {
  t.strictSame(await claimsOf(t, { email, first_name: 'Ann', last_name: null }), { email, first_name: 'Ann' })
})

t.test('a first name of null is left out of the JWT', async t => {
  t.strictSame(await claimsOf(t, { email, first_name: null, last_name: 'Lee' }), { email, last_name: 'Lee' })
})

t.test('an attribute of null is left out of the JWT', async t => {
  t.strictSame(await claimsOf(t, { email, plan: null, seats: 5 }), { email, seats: 5 })
})

t.test('null is refused where absent means something: groups and tenants', async t => {
  t.match(await claimsOf(t, { email, groups: null }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  t.match(await claimsOf(t, { email, '@tenant': null }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  t.match(await claimsOf(t, { email, '@tenant.attributes': null }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
})

for (const version of VERSIONS) {
  t.test(`${version}: a user whose last name is null signs in`, async t => {
    const mapUserToClaims = () => ({ email, first_name: 'Ann', last_name: null, plan: null })
    const host = await startHost(t, { metabase: { version }, options: { mapUserToClaims } })
    t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
    t.match(host.metabase.users.get(ANN.email), { first_name: 'Ann', last_name: null, attributes: {} })
  })
}
