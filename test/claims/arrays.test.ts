import t from 'tap'
import { claimsOf } from '../helpers/claims.js'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

const email = 'ann@example.com'

for (const version of VERSIONS) {
  t.test(`${version}: an array of scalars arrives, joined by commas`, async t => {
    const mapUserToClaims = () => ({ email, plans: ['a', 'b'], seats: [1, 2.5], flags: [true, false] })
    const host = await startHost(t, { metabase: { version }, options: { mapUserToClaims } })
    t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
    t.match(host.metabase.users.get(ANN.email)?.attributes, { plans: 'a,b', seats: '1,2.5', flags: 'true,false' })
  })
}

t.test('an array of one item arrives as the item', async t => {
  t.strictSame(await claimsOf(t, { email, plans: ['a'] }), { email, plans: 'a' })
})

t.test('an item with a comma is refused: it would arrive as two', async t => {
  t.match(await claimsOf(t, { email, plans: ['a', 'b,c'] }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
})

t.test('an empty array is refused: an empty attribute is no filter to rely on', async t => {
  t.match(await claimsOf(t, { email, plans: [] }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
})

t.test('groups and aud are never joined', async t => {
  const claims = { email, groups: ['sales', 'a, b'], aud: ['metabase', 'a,b'] }
  t.strictSame(await claimsOf(t, claims), claims)
  t.match(await claimsOf(t, { email, aud: [1, 2] }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
})
