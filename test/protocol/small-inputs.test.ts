import t, { type Test } from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { ANN } from '../helpers/host.js'
import {
  discovered, html, json, notFound, ownMetabase, SESSION_ID, signedIn, text, traded, type Reply, type Step
} from '../helpers/own-metabase.js'

// Single answers, byte for byte, as "How we will know" of issue 13 lists them.

/** Metabase's page for a failed POST. */
const page = (status: number, sentence: string): Reply => response => {
  const body = `<html><h2>It looks like we weren't able to log you in.</h2><h2><tt>${sentence}</tt></h2></html>`
  response.writeHead(status, { 'content-type': 'text/html' }).end(body)
}
const redirect = (status: number, location: string): Reply =>
  response => { response.writeHead(status, { location }).end() }
const ofVersion = (tag: string) => json(200, { version: { tag }, 'token-features': { sso_jwt: true } })
const notSupported = page(501, 'POST not valid for JWT SSO requests')

type Replies = Partial<Record<Step, Reply>>

const ee = json(400, { message: 'The auth/sso endpoint only exists in enterprise builds', status: 'ee-build-required' })
const wentWrong = (status: number) => json(status, { message: 'Something went wrong' })
const sdkOff = json(402, { status: 'error-embedding-sdk-disabled', message: 'Embedding SDK for React is disabled.' })
const login = redirect(302, 'https://login.example.com/start?rd=https%3A%2F%2Fmetabase.example.com%2Fauth%2Fsso')
const toHttps = redirect(301, 'https://metabase.example.com/auth/sso')
const everywhere = (reply: Reply): Replies =>
  ({ discovery: reply, get: reply, post: reply, to_session: reply, properties: reply })

type Expected = readonly [code: string, status: number, ...steps: Step[]]

/** How often the properties are asked for is the plugin's affair. */
const exchange = (steps: readonly Step[]) => steps.filter(step => step !== 'properties')

async function ask (t: Test, replies: Replies) {
  const metabase = await ownMetabase(t, replies)
  const response = await (await lightHost(t, metabase)).inject('/sso/metabase')
  return { metabase, response }
}

const OK = ['ok', 200] as const
const rows: ReadonlyArray<readonly [name: string, replies: Replies, expected: Expected]> = [
  ['a session_token alone', { to_session: traded }, [...OK, 'to_session']],
  ['a session with status 300', { to_session: json(300, { session_token: SESSION_ID }) },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session']],
  ['a session that is not ok', { to_session: json(200, { session_token: SESSION_ID, status: 'error' }) },
    ['METABASE_SSO_RESPONSE_UNEXPECTED', 502, 'to_session']],
  ['a discovery without url', { discovery: json(200, { url: null, method: 'jwt' }), post: signedIn },
    [...OK, 'to_session', 'discovery', 'post']],
  ['a discovery with a hash and without url', {
    to_session: notFound,
    discovery: json(200, { url: null, method: 'jwt', hash: 'hash' }),
    get: signedIn,
    properties: ofVersion('v1.55.3')
  }, [...OK, 'to_session', 'discovery', 'get']],
  ['a discovery whose hash is no text', {
    discovery: json(200, { url: null, method: 'jwt', hash: null }), post: signedIn, get: signedIn
  }, [...OK, 'to_session', 'discovery', 'post']],
  ['a page in place of discovery', { discovery: html(200), properties: ofVersion('v1.50.3') },
    ['METABASE_SSO_RESPONSE_NOT_JSON', 502, 'to_session', 'discovery']],
  ['a discovery of SAML', { discovery: json(200, { url: 'https://idp.example.com', method: 'saml' }), post: signedIn },
    ['METABASE_SSO_SSO_DISABLED', 502, 'to_session', 'discovery']],
  ['a v54 that refuses', {
    discovery: redirect(302, 'https://app.example.com/sso/metabase'),
    get: html(404),
    post: signedIn,
    properties: ofVersion('v1.54.1')
  }, ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery', 'get', 'to_session', 'discovery', 'get']],
  ['a discovery in place of to_session', {
    to_session: json(200, { url: null, method: 'jwt', hash: 'hash' }),
    discovery: json(200, { url: null, method: 'jwt', hash: 'hash' }),
    get: signedIn
  }, ['METABASE_SSO_RESPONSE_UNEXPECTED', 502, 'to_session', 'discovery']],
  ['a redirect of v54', {
    to_session: notFound,
    discovery: redirect(302, 'https://app.example.com/sso/metabase'),
    get: json(200, { id: SESSION_ID, exp: 2000000600, iat: 2000000000 }),
    properties: ofVersion('v1.54.1')
  }, [...OK, 'to_session', 'discovery', 'get']],
  ['a redirect of what is no v54', { to_session: notFound, discovery: login, properties: ofVersion('v1.58.2') },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what is older than v50', { discovery: login, properties: ofVersion('v1.49.26') },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of a v55', { discovery: login, properties: ofVersion('v1.55.1') },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what has a longer version', { discovery: login, properties: ofVersion('dev1.54.1') },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what has two versions', { discovery: login, properties: json(200, { version: { tag: ['v1.54.1'] } }) },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what refuses its properties', { discovery: login, properties: text(401, 'Unauthenticated') },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what has no version', { discovery: login, properties: json(200, { version: {} }) },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a redirect of what is no Metabase', { discovery: login },
    ['METABASE_SSO_REDIRECTED', 502, 'to_session', 'discovery']],
  ['a login page everywhere', everywhere(login), ['METABASE_SSO_REDIRECTED', 502, 'to_session']],
  ['https everywhere', everywhere(toHttps), ['METABASE_SSO_REDIRECTED', 502, 'to_session']],

  ['ee-build-required', everywhere(ee), ['METABASE_SSO_OPEN_SOURCE', 502, 'to_session']],
  // Metabase translates the words, and never the status.
  ...([
    ['error-sso-disabled', 'METABASE_SSO_SSO_DISABLED'],
    ['ee-build-required', 'METABASE_SSO_OPEN_SOURCE'],
    ['error-embedding-sdk-disabled', 'METABASE_SSO_SDK_EMBEDDING_DISABLED'],
    ['error-embedding-simple-disabled', 'METABASE_SSO_SDK_EMBEDDING_DISABLED']
  ] as const).map(([status, code]) => [`${status} in German`, { to_session: json(400, { status, message: 'Nein.' }) },
    [code, 502, 'to_session']] as const),
  ['a hidden 403', { to_session: wentWrong(403) }, ['METABASE_SSO_TENANT_REFUSED', 403, 'to_session']],
  ['a hidden 400 of discovery', { discovery: wentWrong(400) },
    ['METABASE_SSO_SSO_DISABLED', 502, 'to_session', 'discovery']],
  ['a hidden 402 of discovery', { discovery: wentWrong(402) },
    ['METABASE_SSO_SDK_EMBEDDING_DISABLED', 502, 'to_session', 'discovery']],
  ['a 402 of discovery', { discovery: sdkOff },
    ['METABASE_SSO_SDK_EMBEDDING_DISABLED', 502, 'to_session', 'discovery']],
  ['@tenant in single quotes', { to_session: text(401, "Value of '@tenant' must be a string") },
    ['METABASE_SSO_TENANT_CLAIM_REFUSED', 502, 'to_session']],
  ['@tenant in quotes of a page',
    { discovery: discovered, post: page(401, 'Value of &quot;@tenant&quot; must be a string') },
    ['METABASE_SSO_TENANT_CLAIM_REFUSED', 502, 'to_session', 'discovery', 'post']],

  ['a 501 page of what lacks to_session, too', { discovery: discovered, post: notSupported, get: signedIn },
    ['METABASE_SSO_STATUS_UNEXPECTED', 502, 'to_session', 'discovery', 'post', 'to_session', 'discovery', 'post']],
  ['a 501 page after a firewall', {
    to_session: html(404),
    discovery: discovered,
    post: notSupported,
    get: signedIn,
    properties: ofVersion('v1.58.2')
  }, ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery', 'post']],
  ['a 501 of to_session', { to_session: html(501), discovery: discovered, post: signedIn },
    [...OK, 'to_session', 'discovery', 'post']],
  ['a 405 of to_session', { to_session: html(405), discovery: discovered, post: signedIn },
    [...OK, 'to_session', 'discovery', 'post']],
  ['a lost body', { discovery: discovered, post: discovered },
    ['METABASE_SSO_TOKEN_MISSING', 502, 'to_session', 'discovery', 'post']],
  ['a page of POST', { discovery: discovered, post: page(403, 'Tenant ID mismatch with existing user') },
    ['METABASE_SSO_TENANT_MISMATCH', 403, 'to_session', 'discovery', 'post']],
  ['a 404 page of POST', { to_session: html(404), discovery: discovered, post: html(404), get: signedIn },
    ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery', 'post']],
  ['a 405 page of POST', { to_session: html(405), discovery: discovered, post: html(405), get: signedIn },
    ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery', 'post']],
  ['a 404 page everywhere', everywhere(html(404)), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery']],
  ['a 404 text everywhere', everywhere(response => {
    response.writeHead(404, { 'content-type': 'text/plain; charset=utf-8' }).end('404 page not found\n')
  }), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery']],
  ['a Metabase of before JWT sign-in', everywhere(notFound), ['METABASE_SSO_NOT_FOUND', 502, 'to_session', 'discovery']],
  ["a login of HTTP's own", {
    to_session: response => { response.writeHead(401, { 'www-authenticate': 'Basic' }).end('Unauthorized') }
  }, ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session']],
  ['a typed text of a Metabase of before JWT sign-in', everywhere(response => {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found.')
  }), ['METABASE_SSO_NOT_FOUND', 502, 'to_session', 'discovery']],
  ...['via', 'trace', 'cause'].map(field => [`an exception with ${field}`, everywhere(json(404, { [field]: [] })),
    ['METABASE_SSO_NOT_FOUND', 502, 'to_session', 'discovery']] as const),
  ...[502, 504, 520, 527].map(status => [`a page of status ${status}`, { to_session: html(status) },
    ['METABASE_SSO_GATEWAY_FAILED', 502, 'to_session']] as const),
  ...[500, 505, 519, 528].map(status => [`a page of status ${status}`, { to_session: html(status) },
    ['METABASE_SSO_STATUS_UNEXPECTED', 502, 'to_session']] as const),
  ['a refusal in new words', { to_session: json(400, { message: 'no reason', trace: [] }) },
    ['METABASE_SSO_STATUS_UNEXPECTED', 502, 'to_session']],
  ['a sentence after 64 KiB', { to_session: text(500, `${' '.repeat(65_536)}Token is expired`) },
    ['METABASE_SSO_STATUS_UNEXPECTED', 502, 'to_session']],
  // Metabase never refuses without a word.
  ['an empty 401', everywhere(text(401, '')), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session']],
  ['a blank 401', everywhere(text(401, ' \n')), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session']],
  ['an empty 403', everywhere(text(403, '')), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session']],
  ['an empty 404', everywhere(text(404, '')), ['METABASE_SSO_PROXY_REFUSED', 502, 'to_session', 'discovery']]
]

for (const [name, replies, [code, status, ...steps]] of rows) {
  t.test(`the plugin takes ${name} for what it is`, async t => {
    const { metabase, response } = await ask(t, replies)
    t.strictSame(outcome(response), [code, status])
    t.strictSame(exchange(metabase.steps), steps)
  })
}

t.test('the plugin signs in while a v54 is upgraded between two of its requests', async t => {
  let isNew = false
  const { metabase, response } = await ask(t, {
    to_session: (response, request) => (isNew ? traded : notFound)(response, request),
    discovery: login,
    properties: ofVersion('v1.54.1'),
    get: (response, request) => { isNew = true; login(response, request) }
  })
  t.strictSame(outcome(response), ['ok', 200])
  t.strictSame(exchange(metabase.steps), ['to_session', 'discovery', 'get', 'to_session'])
})

t.test('the route adds the times that a session_token comes without', async t => {
  const { response } = await ask(t, { to_session: traded })
  const { id, exp, iat, status } = response.json()
  t.strictSame([id, status, typeof exp, typeof iat], [SESSION_ID, 'ok', 'number', 'number'])
  t.ok(exp > iat && Math.abs(iat - Date.now() / 1000) < 60)
})

t.test('the error of a JWT that is too large for Metabase says so', async t => {
  const metabase = await ownMetabase(t, { to_session: text(413, 'Request body too large') })
  const { metabaseSso } = await lightHost(t, metabase)
  const message = 'the JWT is larger than Metabase accepts'
  await t.rejects(metabaseSso.exchange(ANN), { code: 'METABASE_SSO_TOKEN_TOO_LARGE', message })
})

t.test('the route passes Retry-After of a 429 on', async t => {
  const { response } = await ask(t, everywhere(response => { response.writeHead(429, { 'retry-after': '7' }).end() }))
  t.strictSame(outcome(response), ['METABASE_SSO_PROXY_REFUSED', 502])
  t.equal(response.headers['retry-after'], '7')
})

// With a probe that is answered in the right words, the account is refused: `siteLocale` in refusals.test.ts.
const sentences = { German: 'Sie benötigen ein Konto, um diese Seite anzuzeigen.', Japanese: 'アカウントが必要です。' }
for (const [language, sentence] of Object.entries(sentences)) {
  t.test(`the route names both causes of a 401 that the probe meets too (${language})`, async t => {
    const { response } = await ask(t, { to_session: text(401, sentence) })
    t.strictSame(outcome(response), ['METABASE_SSO_TOKEN_REFUSED', 502])
  })
  t.test(`the route takes a 401 with a Content-Type for a proxy's (${language})`, async t => {
    const reply: Reply = response => { response.writeHead(401, { 'content-type': 'text/plain' }).end(sentence) }
    t.strictSame(outcome((await ask(t, { to_session: reply })).response), ['METABASE_SSO_PROXY_REFUSED', 502])
  })
}
