import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { ANN, startHost } from '../helpers/host.js'

const email = 'ann@example.com'
const checkClaims = createClaimsCheck({})
const ATTRIBUTE_INVALID = 'METABASE_SSO_CLAIM_ATTRIBUTE_INVALID'
const TENANT_INVALID = 'METABASE_SSO_CLAIM_TENANT_INVALID'

/** What Metabase would drop or misread, and the code that says so. */
const refused: Record<string, [claims: unknown, code: string, named?: string]> = {
  'a result that is a string': ['ann', 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'a result that is null': [null, 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'a result that is undefined': [undefined, 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'a result that is an array': [[email], 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'a result of a class': [new (class User { email = email })(), 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'a Map': [new Map([['email', email]]), 'METABASE_SSO_CLAIMS_NOT_OBJECT'],
  'no e-mail': [{ first_name: 'Ann' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail that is null': [{ email: null }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail without @': [{ email: 'ann.example.com' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail with two @': [{ email: 'ann@example@com' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail with white space': [{ email: 'ann@example.com ' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail with a control character': [{ email: 'ann\u0000@example.com' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'an e-mail with a character that does not show': [{ email: 'admin\u200b@b.co' }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'a blank tenant': [{ email, '@tenant': '  ' }, TENANT_INVALID, '@tenant'],
  'an array with an empty item': [{ email, plans: [''] }, ATTRIBUTE_INVALID, 'plans'],
  'an e-mail longer than one can be': [{ email: `${'a'.repeat(250)}@b.co` }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'a bad e-mail beside a good one': [{ email: 'ann', mail: email }, 'METABASE_SSO_CLAIM_EMAIL_INVALID'],
  'a first name that is an array': [{ email, first_name: ['Ann'] }, 'METABASE_SSO_CLAIM_NAME_INVALID', 'first_name'],
  'a last name that is a number': [{ email, last_name: 5 }, 'METABASE_SSO_CLAIM_NAME_INVALID', 'last_name'],
  'groups that are a lone string': [{ email, groups: 'sales' }, 'METABASE_SSO_CLAIM_GROUPS_INVALID'],
  'groups that are null': [{ email, groups: null }, 'METABASE_SSO_CLAIM_GROUPS_INVALID'],
  'groups with a number': [{ email, groups: ['sales', 5] }, 'METABASE_SSO_CLAIM_GROUPS_INVALID'],
  'groups with a hole':
    [{ email, groups: Object.assign(new Array(2), ['sales']) }, 'METABASE_SSO_CLAIM_GROUPS_INVALID'],
  'an empty array': [{ email, regions: [] }, ATTRIBUTE_INVALID, 'regions'],
  'an array with a comma in an item': [{ email, regions: ['north', 'south,east'] }, ATTRIBUTE_INVALID, 'regions'],
  'an array with null': [{ email, regions: ['north', null] }, ATTRIBUTE_INVALID, 'regions'],
  'an array with a hole': [{ email, regions: Object.assign(new Array(2), ['north']) }, ATTRIBUTE_INVALID, 'regions'],
  'an array in an array': [{ email, regions: [['north']] }, ATTRIBUTE_INVALID, 'regions'],
  'an array with an object': [{ email, regions: [{ name: 'north' }] }, ATTRIBUTE_INVALID, 'regions'],
  'an array with NaN': [{ email, seats: [1, NaN] }, ATTRIBUTE_INVALID, 'seats'],
  'an attribute that is an object': [{ email, plan: { name: 'pro' } }, ATTRIBUTE_INVALID, 'plan'],
  'an attribute that is a Date': [{ email, since: new Date(0) }, ATTRIBUTE_INVALID, 'since'],
  'an attribute that is a function': [{ email, plan: () => 'pro' }, ATTRIBUTE_INVALID, 'plan'],
  'an attribute that is a BigInt': [{ email, id: 5n }, ATTRIBUTE_INVALID, 'id'],
  'an attribute that is NaN': [{ email, seats: NaN }, ATTRIBUTE_INVALID, 'seats'],
  'an attribute that is infinite': [{ email, seats: Infinity }, ATTRIBUTE_INVALID, 'seats'],
  'audiences that are numbers': [{ email, aud: [1, 2] }, ATTRIBUTE_INVALID, 'aud'],
  'audiences with a hole': [{ email, aud: Object.assign(new Array(2), ['a']) }, ATTRIBUTE_INVALID, 'aud'],
  'a key that Metabase reserves': [{ email, '@role': 'admin' }, 'METABASE_SSO_CLAIM_RESERVED', '@role'],
  'a tenant that is an object': [{ email, '@tenant': {} }, TENANT_INVALID, '@tenant'],
  'a tenant that is null': [{ email, '@tenant': null }, TENANT_INVALID, '@tenant'],
  'a tenant that is empty': [{ email, '@tenant': '' }, TENANT_INVALID, '@tenant'],
  'a tenant that is a fraction': [{ email, '@tenant': 1.5 }, TENANT_INVALID, '@tenant'],
  'tenant attributes that are null': [{ email, '@tenant.attributes': null }, TENANT_INVALID, '@tenant.attributes'],
  'tenant attributes that are an array': [{ email, '@tenant.attributes': ['x'] }, TENANT_INVALID, '@tenant.attributes'],
  'tenant attributes that hold an object':
    [{ email, '@tenant.attributes': { plan: {} } }, TENANT_INVALID, '@tenant.attributes'],
  'an exp of its own': [{ email, exp: 5 }, 'METABASE_SSO_CLAIM_TIME_SET', 'exp'],
  'an iat of its own': [{ email, iat: 5 }, 'METABASE_SSO_CLAIM_TIME_SET', 'iat'],
  'an nbf of its own': [{ email, nbf: 5 }, 'METABASE_SSO_CLAIM_TIME_SET', 'nbf']
}

for (const [name, [claims, code, named]] of Object.entries(refused)) {
  t.test(`${name} is refused before anything is signed`, async t => {
    t.throws(() => checkClaims(claims), { code, ...(named && { message: new RegExp(`"${named}"`) }) })
  })
}

t.test('over HTTP a refused claim is a 500 whose reason stays in the log', async t => {
  const mapUserToClaims = () => ({ email, regions: [] })
  const { app, metabase, logIn, logs } = await startHost(t, { options: { mapUserToClaims } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(ANN) })
  t.equal(response.statusCode, 500)
  t.match(response.json(), { status: 'error', message: 'authentication failed', code: ATTRIBUTE_INVALID })
  t.notMatch(response.body, /regions/)
  t.match(logs.find(({ err }) => err), { err: { message: /"regions"/, hint: /61221/ } })
  t.strictSame(metabase.requests, [])
})
