import t from 'tap'
import { claimsOf } from '../helpers/claims.js'

const email = 'ann@example.com'

/** An array that holds something else each time it is read. */
function changing (first: unknown, later: unknown): unknown[] {
  let reads = 0
  return new Proxy([first], { get: (items, key) => key === '0' && reads++ > 0 ? later : Reflect.get(items, key) })
}

/** An object whose properties hold something else each time they are read. */
function changingObject (first: Record<string, unknown>, later: unknown): Record<string, unknown> {
  const seen = new Set<PropertyKey>()
  return new Proxy(first, {
    get (object, key) {
      if (seen.has(key)) return later
      seen.add(key)
      return Reflect.get(object, key)
    }
  })
}

for (const [name, claims, sent] of [
  ['groups', { email, groups: changing('sales', 'Administrators') }, { email, groups: ['sales'] }],
  ['several audiences', { email, aud: changing('metabase', 7) }, { email, aud: ['metabase'] }],
  ['several values of an attribute', { email, region: changing('north', 'south,east') }, { email, region: 'north' }],
  [
    'attributes of a tenant',
    { email, '@tenant': 'acme', '@tenant.attributes': changingObject({ plan: 'free' }, {}) },
    { email, '@tenant': 'acme', '@tenant.attributes': { plan: 'free' } }
  ],
  [
    'the claims themselves',
    changingObject({ email, groups: ['sales'], region: 'north' }, ['Administrators']),
    { email, groups: ['sales'], region: 'north' }
  ]
] as const) {
  t.test(`the plugin signs what it has checked, though ${name} change with each look`, async t => {
    t.strictSame(await claimsOf(t, claims), sent)
  })
}

t.test('a claim of the name __proto__ is refused, not lost', async t => {
  const claims = JSON.parse(`{ "email": "${email}", "__proto__": "all" }`)
  t.match(await claimsOf(t, claims), { code: 'METABASE_SSO_CLAIMS_INVALID' })
})
