import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { ORIGIN, SECRET } from '../helpers/host.js'

const good = { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null }

const SECRET_INVALID = 'METABASE_SSO_SECRET_INVALID'
const INVALID = 'METABASE_SSO_OPTION_INVALID'
const ORIGIN_INVALID = 'METABASE_SSO_ORIGIN_INVALID'
const URL_INVALID = 'METABASE_SSO_INSTANCE_URL_INVALID'
const MATCHES_ALL = /may not be true or "\*"/
const PEM = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n-----END PRIVATE KEY-----'

/** Options that are wrong, the code that says so, and words that the message must have. */
const refused: Record<string, [options: object, code: string, message?: RegExp]> = {
  'no secret': [
    { secret: undefined }, SECRET_INVALID, /"secret" is missing or blank\. Set `secret` to the JWT (?!.*`guest)/
  ],
  'an empty secret': [{ secret: '' }, SECRET_INVALID, /is missing or blank/],
  'a blank secret': [{ secret: ' \n' }, SECRET_INVALID],
  'a secret that is the text of undefined': [
    { secret: String(undefined) },
    SECRET_INVALID,
    /"secret" is the text "undefined"\..*Is the environment variable set\?/
  ],
  'a secret that is the text of null': [{ secret: [SECRET, 'null'] }, SECRET_INVALID, /"secret" is the text "null"/],
  'a secret that is a number': [{ secret: 5 }, SECRET_INVALID, /"secret" must be a string/],
  'a secret with a line break after it': [{ secret: `${SECRET}\n` }, SECRET_INVALID, /white space/],
  'a secret with a space before it': [{ secret: ` ${SECRET}` }, SECRET_INVALID],
  'a Buffer with a line break after it': [{ secret: Buffer.from(`${SECRET}\n`) }, SECRET_INVALID],
  'a secret of 31 characters': [{ secret: 'x'.repeat(31) }, SECRET_INVALID, /32/],
  'a PEM key': [{ secret: PEM }, SECRET_INVALID, /"secret" is no key for HS256/],
  'an empty array of secrets': [{ secret: [] }, SECRET_INVALID, /hold one to 5 keys/],
  'six secrets': [
    { secret: ['1', '2', '3', '4', '5', '6'].map(digit => SECRET.replaceAll('f', digit)) },
    SECRET_INVALID,
    /hold one to 5 keys/
  ],
  'a second secret that is a number': [{ secret: [SECRET, 5] }, SECRET_INVALID, /"secret" must be a string/],
  'a second secret that is blank': [{ secret: [SECRET, ''] }, SECRET_INVALID, /"secret"/],
  'a second secret that is short': [{ secret: [SECRET, 'x'.repeat(31)] }, SECRET_INVALID, /"secret"/],
  'a second secret that is a PEM key': [
    { secret: [SECRET, PEM.replaceAll('PRIVATE', 'PUBLIC')] }, SECRET_INVALID, /no key for HS256/
  ],
  'a store without sessionId': [{ store: new Map() }, INVALID, /"store" requires the option "sessionId"/],
  'a sessionId without store': [{ sessionId: () => 'a' }, INVALID, /"sessionId" requires the option "store"/],
  'a store without delete': [{ store: { get () {}, set () {} }, sessionId: () => 'a' }, INVALID, /"store" must have the methods get, set and delete/],
  'a store that is null': [{ store: null, sessionId: () => 'a' }, INVALID, /"store" must have/],
  'a sessionId that is no function': [{ store: new Map(), sessionId: 'a' }, INVALID, /"sessionId" must be a function/],
  'an authorize that is no function': [
    { authorize: true }, INVALID, /"authorize" must be a function\. See the options in the README\.$/
  ],
  'a requireTenant that is no boolean': [{ requireTenant: 'yes' }, INVALID, /"requireTenant" must be true or false, and is the string "yes"\./],
  'an instance URL of the sign-in endpoint': [
    { instanceUrl: 'https://metabase.example.com/bi/auth/sso/' },
    URL_INVALID,
    /"instanceUrl" ends in \/auth\/sso, which the plugin adds itself/
  ],
  'a publicUrl of the sign-in endpoint': [
    { publicUrl: 'https://metabase.example.com/auth/sso' }, URL_INVALID, /"publicUrl" ends in/
  ],
  'an instance URL with two slashes before its path': [
    { instanceUrl: 'https://proxy.example.com//metabase' }, URL_INVALID, /"instanceUrl" has two slashes before its path/
  ],
  'a publicUrl with two slashes in the end': [
    { publicUrl: 'https://proxy.example.com/.//metabase' }, URL_INVALID, /"publicUrl" has two slashes/
  ],
  'no instance URL': [{ instanceUrl: undefined }, URL_INVALID],
  'an instance URL that is the text of undefined': [
    { instanceUrl: String(undefined) },
    URL_INVALID,
    /"instanceUrl" is the text "undefined", as of an environment variable that is not set\. Give/
  ],
  'a publicUrl that is the text of null': [{ publicUrl: 'null' }, URL_INVALID, /"publicUrl" is the text "null", as of/],
  'an instance URL without a scheme': [{ instanceUrl: 'metabase.example.com' }, URL_INVALID],
  'an instance URL that is an object': [{ instanceUrl: {} }, URL_INVALID],
  'an instance URL that is not http(s)': [
    { instanceUrl: 'ftp://metabase.example.com' }, URL_INVALID, /must begin with https/
  ],
  'an instance URL with a password': [
    { instanceUrl: 'https://ann:pa55@metabase.example.com' }, URL_INVALID, /^(?!.*pa55).*user name or a password/
  ],
  'an instance URL with a password alone': [
    { instanceUrl: 'https://:pa55@metabase.example.com' }, URL_INVALID, /^(?!.*pa55).*user name or a password/
  ],
  'an instance URL whose scheme ends in http': [
    { instanceUrl: 'xhttp://metabase.example.com' }, URL_INVALID, /must begin with https/
  ],
  'an instance URL with a user name': [
    { instanceUrl: new URL('https://ann@metabase.example.com') }, URL_INVALID, /user name or a password/
  ],
  'an instance URL with a query': [
    { instanceUrl: 'https://metabase.example.com/?a' }, URL_INVALID, /query or a fragment/
  ],
  'an instance URL with an empty query': [
    { instanceUrl: 'https://metabase.example.com?' }, URL_INVALID, /query or a fragment/
  ],
  'an instance URL with a fragment': [
    { instanceUrl: 'https://metabase.example.com/#a' }, URL_INVALID, /query or a fragment/
  ],
  'a publicUrl without a scheme': [{ publicUrl: 'bi.example.com' }, URL_INVALID, /"publicUrl" is missing, or/],
  'a publicUrl of another scheme': [{ publicUrl: 'javascript:alert(1)' }, URL_INVALID, /"publicUrl" must begin/],
  'a publicUrl with a password': [{ publicUrl: 'https://a:pa55@bi.example.com' }, URL_INVALID, /^(?!.*pa55).*password/],
  'a publicUrl with a query': [{ publicUrl: 'https://bi.example.com/?a' }, URL_INVALID, /"publicUrl" holds a query/],
  'a publicUrl that is null': [{ publicUrl: null }, URL_INVALID],
  'an allowAdministrators of another type': [
    { allowAdministrators: 'yes' }, INVALID, /must be true, false or a function, and is the string "yes"\./
  ],
  'an allowAdministrators that is null': [{ allowAdministrators: null }, INVALID, /"allowAdministrators"/],
  'claimNames that are no object': [{ claimNames: 'mail' }, INVALID, /"claimNames" must be an object of names/],
  'a misspelt name of a claim': [
    { claimNames: { e_mail: 'mail' } }, 'METABASE_SSO_OPTION_UNKNOWN', /"claimNames\.email"/
  ],
  'a claim name that is blank': [{ claimNames: { email: ' ' } }, INVALID, /"claimNames\.email" must be the name/],
  'a claim name that is a number': [{ claimNames: { groups: 5 } }, INVALID, /"claimNames\.groups"/],
  'a claim name that is no name of a property': [{ claimNames: { email: '__proto__' } }, INVALID, /"claimNames\.email"/],
  'a blank name for another claim': [{ claimNames: { tenantAttributes: '' } }, INVALID, /"claimNames\.tenantAttributes"/],
  'a claim name of the standard': [{ claimNames: { email: 'sub' } }, INVALID, /"claimNames\.email"/],
  'a claim name of the plugin': [{ claimNames: { tenant: 'exp' } }, INVALID, /"claimNames\.tenant"/],
  'the same name for two claims': [{ claimNames: { email: 'x', tenant: 'x' } }, INVALID, /must hold different names/],
  'the origin *': [{ origin: '*' }, ORIGIN_INVALID, MATCHES_ALL],
  'the origin true': [{ origin: true }, ORIGIN_INVALID, MATCHES_ALL],
  'the origin * in a list': [{ origin: [ORIGIN, '*'] }, ORIGIN_INVALID, MATCHES_ALL],
  'true in a list of origins': [{ origin: [ORIGIN, true] }, ORIGIN_INVALID, MATCHES_ALL],
  'several origins in one text': [
    { origin: 'https://a.example,https://b.example' }, ORIGIN_INVALID, /write several as an array: \["https:\/\/a"/
  ],
  'an origin with a path': [{ origin: `${ORIGIN}/app` }, ORIGIN_INVALID, /browsers send "https:\/\/app\.example\.com"/],
  'an origin with a slash': [
    { origin: `${ORIGIN}/` }, ORIGIN_INVALID, /browsers send "https:\/\/app\.example\.com": write that/
  ],
  'an origin with its default port': [{ origin: [`${ORIGIN}:443`] }, ORIGIN_INVALID],
  'an origin without a host': [{ origin: 'file://' }, ORIGIN_INVALID],
  'an origin without a scheme': [
    { origin: 'app.example.com' },
    ORIGIN_INVALID,
    /holds "app\.example\.com", which lacks a scheme: write "https:\/\/app\.example\.com"\. Write/
  ],
  'an origin of localhost without a scheme, but with a port': [
    { origin: 'localhost:5173' },
    ORIGIN_INVALID,
    /option "origin" holds "localhost:5173", which lacks a scheme: write "http:\/\/localhost:5173"\./
  ],
  'an origin below localhost without a scheme': [
    { origin: ['app.localhost:5173'] }, ORIGIN_INVALID, /: write "http:\/\/app\.localhost:5173"/
  ],
  'an origin of an IPv4 address without a scheme': [
    { origin: '127.0.0.1:5173' }, ORIGIN_INVALID, /lacks a scheme: write "http:\/\/127\.0\.0\.1:5173"/
  ],
  'an origin of an IPv6 address without a scheme': [
    { origin: '[::1]:5173' }, ORIGIN_INVALID, /lacks a scheme: write "http:\/\/\[::1\]:5173"/
  ],
  'an origin of another host without a scheme, but with a port': [
    { origin: 'app.example.com:8443' }, ORIGIN_INVALID, /lacks a scheme: write "https:\/\/app\.example\.com:8443"/
  ],
  'an origin without a scheme, but with a slash': [
    { origin: 'localhost:5173/' }, ORIGIN_INVALID, /lacks a scheme: write "http:\/\/localhost:5173"\./
  ],
  'an address for mail as origin': [{ origin: 'mailto:a@b.example' }, ORIGIN_INVALID, /b\.example", which lacks a scheme\./],
  'an origin without a scheme whose port there is not': [
    { origin: 'localhost:99999' }, ORIGIN_INVALID, /99999", which lacks a scheme\./
  ],
  'an origin of a scheme alone': [{ origin: 'https://' }, ORIGIN_INVALID, /holds "https:\/\/", which is no URL\./],
  'the origin null': [{ origin: 'null' }, ORIGIN_INVALID, /holds "null", which lacks a scheme\./],
  'an origin that is a number': [{ origin: [5] }, ORIGIN_INVALID],
  'an origin with a wildcard': [{ origin: 'https://*.example.com' }, ORIGIN_INVALID, /regular expression/],
  'an empty list of origins': [{ origin: [] }, ORIGIN_INVALID, /empty/],
  'a logout that is a text': [{ logout: '/bye' }, INVALID, /must be true, false or \{ path, routeConfig \}/],
  'a logout that is null': [{ logout: null }, INVALID, /must be true, false or \{ path, routeConfig \}/],
  'a logout path without a slash': [{ logout: { path: 'bye' } }, INVALID, /"logout\.path" must begin with \//],
  'a misspelt logout path': [
    { logout: { pat: '/bye' } },
    'METABASE_SSO_OPTION_UNKNOWN',
    /"logout\.pat" \(did you mean "logout\.path"\?\); there are logout\.path, logout\.routeConfig\./
  ],
  'a mapper that is no function': [{ mapUserToClaims: 'email' }, INVALID, /"mapUserToClaims" must be a function/],
  'a getUser that is no function': [{ getUser: {} }, INVALID, /"getUser" must be a function/],
  'a path without a slash': [{ path: 'sso' }, INVALID, /"path" must begin with \/ .*, and is the string "sso"\./],
  'a path with a query': [{ path: `/sso?${'x'.repeat(36)}` }, INVALID, /, and is a string of 41 characters\./],
  'a path with a wildcard': [{ path: '/sso/*' }, INVALID],
  'a path with a fragment': [{ path: '/sso#a' }, INVALID],
  'a path with a space': [{ path: '/s so' }, INVALID],
  'a path with text before its slash': [{ path: 'x/sso' }, INVALID, /, and is the string "x\/sso"\./],
  'a path that is no string': [{ path: ['/sso'] }, INVALID, /"path" must begin with \//],
  'a wrong text of 40 characters': [{ path: 'x'.repeat(40) }, INVALID, /, and is the string "x{40}"\./],
  'a routeConfig that is no object': [{ routeConfig: 'public' }, INVALID, /"routeConfig" must be an object/],
  'a routeConfig that is an array': [{ routeConfig: ['public'] }, INVALID, /"routeConfig" must be an object/],
  'a routeConfig of the logout that is no object': [{ logout: { routeConfig: true } }, INVALID, /"logout/],
  'a token lifetime of 0': [
    { tokenLifetime: 0 }, INVALID, /"tokenLifetime" must be a whole number of seconds from 1 to/
  ],
  'a token lifetime that is a string': [
    { tokenLifetime: '600' }, INVALID, /from 1 to 86400, and is the string "600"\. See the options in the README\.$/
  ],
  'a token lifetime that is an object': [{ tokenLifetime: {} }, INVALID, /86400, and is of the type object\./],
  'a token lifetime with a fraction': [{ tokenLifetime: 0.5 }, INVALID],
  'a token lifetime in milliseconds by mistake': [
    { tokenLifetime: 600_000 }, INVALID, /"tokenLifetime" must be a whole number of seconds from 1 to 86400/
  ],
  'a timeout in seconds by mistake': [{ timeout: 5 }, INVALID, /milliseconds from 100 to 60000, and is 5\./],
  'a queue of less than nothing': [{ queue: -1 }, INVALID, /"queue" must be a whole number of sign-ins from 0/],
  'a token lifetime of more than a day': [{ tokenLifetime: 86_401 }, INVALID],
  'a timeout of less than a tenth of a second': [{ timeout: 99 }, INVALID, /"timeout" must be/],
  'more than 10,000 connections': [{ connections: 10_001 }, INVALID, /connections from 1 to 10000, and is 10001\./],
  'a queue of more than 100,000': [{ queue: 100_001 }, INVALID, /sign-ins from 0 to 100000, and is 100001\./],
  'no connections': [{ connections: 0 }, INVALID, /"connections" must be a whole number of connections/],
  'a queue that is no number': [{ queue: '500' }, INVALID, /"queue"/],
  'a cache that is no boolean': [{ cache: 60 }, INVALID, /"cache" must be true or false/],
  'a timeout of more than a minute': [{ timeout: 60_001 }, INVALID, /from 100 to 60000/],
  'an endless timeout': [{ timeout: Infinity }, INVALID],
  'a login URL that leads to another host': [{ loginUrl: '//evil.example' }, INVALID, /"loginUrl" must be a path/],
  'a login URL of another scheme': [{ loginUrl: 'javascript:alert(1)' }, INVALID],
  'a login URL of another scheme that holds an http URL': [{ loginUrl: 'javascript://a/%0Ahttp://b' }, INVALID],
  'a login URL that leads to another host by a backslash': [{ loginUrl: '/\\evil.example' }, INVALID],
  'a login path without a slash': [{ loginUrl: 'app/login' }, INVALID],
  'half a login URL': [{ loginUrl: 'https://' }, INVALID],
  'an error URL that leads to another host': [{ errorUrl: '//evil.example' }, INVALID, /"errorUrl" must be a path/],
  'a namespace that is no identifier': [{ namespace: 'eu-1' }, INVALID, /identifier.*, and is the string "eu-1"\./],
  'a namespace that begins with a digit': [{ namespace: '1eu' }, INVALID],
  'a namespace that is no string': [{ namespace: ['eu'] }, INVALID],
  'a namespace that is a method of ours': [{ namespace: 'sign' }, INVALID],
  'a namespace that is the method of exchanges': [{ namespace: 'exchange' }, INVALID],
  'a namespace that is the method of URLs': [{ namespace: 'ssoUrl' }, INVALID],
  'a namespace that is the method of logouts': [{ namespace: 'revoke' }, INVALID],
  'a namespace that is another method of ours': [{ namespace: 'signGuest' }, INVALID],
  'a namespace that is the last method of ours': [{ namespace: 'guestEmbedUrl' }, INVALID],
  'a namespace that is the method of reports': [{ namespace: 'diagnose' }, INVALID],
  'a namespace that every object has': [{ namespace: 'toString' }, INVALID],
  'verify as true': [{ verify: true as never }, INVALID, /"warn" or false, and is of the type boolean\./],
  'a dispatcher that is none': [{ dispatcher: {} }, INVALID, /undici/],
  'a dispatcher that only makes requests': [{ dispatcher: { request () {} } as never }, INVALID, /undici 7/],
  'a dispatcher that is null': [{ dispatcher: null }, INVALID],
  'a null where an option has a default': [{ timeout: null }, INVALID, /, and is null\./],
  'a log serializer that is no function': [
    { logSerializers: { metabaseUser: 'email' } }, INVALID, /"logSerializers" must hold functions/
  ],
  'a misspelt required option': [
    { secret: undefined, secrt: SECRET },
    'METABASE_SSO_OPTION_UNKNOWN',
    / \(did you mean "secret"\?\); there are secret, instanceUrl, /
  ],
  'a misspelt option': [
    { orgin: ORIGIN },
    'METABASE_SSO_OPTION_UNKNOWN',
    /"orgin" \(did you mean "origin"\?\); there are secret, .*, dispatcher\. See/
  ],
  'an option of another case': [
    { instanceURL: 'https://metabase.example.com' }, 'METABASE_SSO_OPTION_UNKNOWN', /\(did you mean "instanceUrl"\?\);/
  ],
  'an option that begins like guest': [{ guests: {} }, 'METABASE_SSO_OPTION_UNKNOWN', /See the options in the README\.$/],
  'an option that ends like guest': [{ myguest: {} }, 'METABASE_SSO_OPTION_UNKNOWN', /See the options in the README\.$/],
  'an option like none of ours': [
    { verbosity: 3 },
    'METABASE_SSO_OPTION_UNKNOWN',
    /there is no option "verbosity"; there are secret, instanceUrl, .*, dispatcher\. See/
  ]
}

/** Names of other packages, and of Metabase's own pages. */
for (const [name, option] of Object.entries({
  jwtSecret: 'secret',
  sharedSecret: 'secret',
  jwt_secret: 'secret',
  metabaseUrl: 'instanceUrl',
  siteUrl: 'instanceUrl',
  cors: 'origin',
  allowedOrigin: 'origin',
  userToClaims: 'mapUserToClaims',
  user: 'getUser',
  expiresIn: 'tokenLifetime',
  route: 'path',
  embeddingSecret: 'guest'
})) {
  t.test(`the unknown option ${name} is refused, and ${option} is suggested`, async t => {
    const app = Fastify()
    app.register(metabaseSso, { ...good, [name]: 'x' })
    await t.rejects(async () => await app.ready(), {
      code: 'METABASE_SSO_OPTION_UNKNOWN',
      message: new RegExp(
        `there is no option "${name}" \\(did you mean "${option}"\\?\\); there are `
      )
    })
  })
}

for (const [name, [options, code, message = /./]] of Object.entries(refused)) {
  t.test(`${name} is refused when the app boots`, async t => {
    const app = Fastify()
    app.register(metabaseSso, { ...good, ...options })
    const error: Error = await app.ready().then(() => t.fail('booted'), error => error)
    t.match(error, { code, message })
    t.notMatch(error.message, /[.?!:;][.?!]/, 'one mark at the end of each sentence')
  })
}

t.test('no options at all are refused, not met with a TypeError', async t => {
  const app = Fastify()
  // @ts-expect-error: the types ask for options
  app.register(metabaseSso)
  await t.rejects(async () => await app.ready(), { code: SECRET_INVALID })
})

t.test('no refusal quotes the secret', async t => {
  const secrets = [`${SECRET} `, 'f00d-f00d-f00d']
  const guests = secrets.flatMap(secret => [secret, { secret }, { secret: SECRET, authorize: secret }])
  for (const options of [...secrets.map(secret => ({ secret })), ...guests.map(guest => ({ guest }))]) {
    const app = Fastify()
    app.register(metabaseSso, { ...good, ...options } as typeof good)
    const error: Error = await app.ready().then(() => t.fail('booted'), error => error)
    const told = JSON.stringify([error.message, error, error.cause, error.stack])
    t.notOk(secrets.some(secret => told.includes(secret.trim())), told)
  }
})
