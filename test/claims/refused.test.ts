import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { ANN, startHost } from '../helpers/host.js'

const email = 'ann@example.com'
const checkClaims = createClaimsCheck({})

/** What Metabase would drop or misread, and the words that say so. */
const refused: Record<string, [claims: unknown, message: RegExp]> = {
  'a result that is a string': ['ann', /they are a string instead of a plain object with "email"/],
  'a result that is null': [null, /they are null instead of a plain object/],
  'a result that is undefined': [undefined, /they are undefined instead of a plain object with "email"/],
  'a result that is an array': [[email], /they are an array instead/],
  'a result of a class': [new (class User { email = email })(), /they are an instance of a class instead/],
  'a Map': [new Map([['email', email]]), /they are an instance of a class instead/],
  'no e-mail': [
    { first_name: 'Ann', mail: email }, /the claims cannot be signed: "email" is missing; there are "first_name", "mail"$/
  ],
  'an e-mail that is null': [{ email: null }, /"email" is missing; there is no other claim$/],
  'no e-mail, but many other claims': [
    { a: 1, b: 1, c: undefined, d: 1, e: 1, f: 1, g: 1 }, /; there are "a", "b", "d", "e", "f" and more$/
  ],
  'no e-mail, but a claim of a long name': [{ [`x\n${'y'.repeat(50)}`]: 1 }, /; there are "x\\ny{38}"$/],
  'an e-mail that is a number': [{ email: 5 }, /"email" is not a string/],
  'an e-mail that is empty': [{ email: '' }, /: "email" is no e-mail address$/],
  'an e-mail without @': [{ email: 'ann.example.com' }, /: "email" is no e-mail address$/],
  'an e-mail with two @': [{ email: 'ann@example@com' }, /: "email" is no e-mail address$/],
  'an e-mail with white space': [{ email: 'ann@example.com ' }, /: "email" is no e-mail address$/],
  'an e-mail with a control character': [{ email: 'ann\u0000@example.com' }, /: "email" is no e-mail address$/],
  'an e-mail with a character that does not show': [
    { email: 'admin\u200b@b.co' }, /: "email" is no e-mail address$/
  ],
  'an e-mail that is another one in lower case': [
    { email: '\u212Aate@example.com' }, /: "email" is no e-mail address$/
  ],
  'a blank tenant': [{ email, '@tenant': '  ' }, /"@tenant" /],
  'an array with an empty item': [{ email, plans: [''] }, /"plans" /],
  'an e-mail longer than one can be': [{ email: `${'a'.repeat(250)}@b.co` }, /: "email" is no e-mail address$/],
  'a bad e-mail beside a good one': [{ email: 'ann', mail: email }, /: "email" is no e-mail address$/],
  'a first name that is an array': [{ email, first_name: ['Ann'] }, /"first_name" is not a string/],
  'a last name that is a number': [{ email, last_name: 5 }, /"last_name" is not a string/],
  'groups that are a lone string': [{ email, groups: 'sales' }, /"groups" is not an array of strings/],
  'groups that are null': [{ email, groups: null }, /"groups" is not an array of strings/],
  'groups with a number': [{ email, groups: ['sales', 5] }, /"groups" is not an array of strings/],
  'groups with a hole':
    [{ email, groups: Object.assign(new Array(2), ['sales']) }, /"groups" is not an array of strings/],
  'an empty array': [{ email, regions: [] }, /"regions" /],
  'an array with a comma in an item': [{ email, regions: ['north', 'south,east'] }, /"regions" /],
  'an array with null': [{ email, regions: ['north', null] }, /"regions" /],
  'an array with a hole': [{ email, regions: Object.assign(new Array(2), ['north']) }, /"regions" /],
  'an array in an array': [{ email, regions: [['north']] }, /"regions" /],
  'an array with an object': [{ email, regions: [{ name: 'north' }] }, /"regions" /],
  'an array with NaN': [{ email, seats: [1, NaN] }, /"seats" /],
  'an attribute that is an object': [{ email, plan: { name: 'pro' } }, /"plan" /],
  'an attribute that is like an array': [{ email, plan: { 0: 'pro', length: 1 } }, /"plan" is neither/],
  'an attribute that is a Set': [{ email, plans: new Set(['pro']) }, /"plans" is neither/],
  'an attribute that is a Date': [{ email, since: new Date(0) }, /"since" /],
  'an attribute that is a function': [{ email, plan: () => 'pro' }, /"plan" /],
  'an attribute that is a BigInt': [{ email, id: 5n }, /"id" /],
  'an attribute that is NaN': [{ email, seats: NaN }, /"seats" /],
  'an attribute that is infinite': [{ email, seats: Infinity }, /"seats" /],
  'audiences that are numbers': [{ email, aud: [1, 2] }, /"aud" /],
  'audiences with a hole': [{ email, aud: Object.assign(new Array(2), ['a']) }, /"aud" /],
  'a key that Metabase reserves': [{ email, '@role': 'admin' }, /"@role" is reserved/],
  'a tenant that is an object': [{ email, '@tenant': {} }, /"@tenant" /],
  'a tenant that is null': [{ email, '@tenant': null }, /"@tenant" /],
  'a tenant that is empty': [{ email, '@tenant': '' }, /"@tenant" /],
  'a tenant that is a fraction': [{ email, '@tenant': 1.5 }, /"@tenant" /],
  'tenant attributes that are null': [{ email, '@tenant.attributes': null }, /"@tenant\.attributes" /],
  'tenant attributes that are an array': [{ email, '@tenant.attributes': ['x'] }, /"@tenant\.attributes" /],
  'tenant attributes that hold an object':
    [{ email, '@tenant.attributes': { tier: 'gold', plan: {} } }, /"@tenant\.attributes" /],
  'an exp of its own': [{ email, exp: 5 }, /"exp" is set by the plugin/],
  'an iat of its own': [{ email, iat: 5 }, /"iat" is set by the plugin/],
  'an nbf of its own': [{ email, nbf: 5 }, /"nbf" is set by the plugin/]
}

for (const [name, [claims, message]] of Object.entries(refused)) {
  t.test(`${name} is refused before anything is signed`, async t => {
    t.throws(() => checkClaims(claims), { code: 'METABASE_SSO_CLAIMS_INVALID', message })
  })
}

t.test('over HTTP a refused claim is a 500 whose reason stays in the log', async t => {
  const mapUserToClaims = () => ({ email, regions: [] })
  const { app, metabase, logIn, logs } = await startHost(t, { options: { mapUserToClaims } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(ANN) })
  t.equal(response.statusCode, 500)
  t.match(response.json(), { status: 'error', message: 'authentication failed', code: 'METABASE_SSO_CLAIMS_INVALID' })
  t.notMatch(response.body, /regions/)
  t.match(logs.find(({ err }) => err), { err: { message: /"regions"/, hint: /61221/ } })
  t.strictSame(metabase.requests, [])
})
