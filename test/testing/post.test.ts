import t from 'tap'
import { annsJwt, clock, sign } from './helpers/sign.js'
import { ask, logInError, postJson, sdk, start } from './helpers/stand-in.js'

t.test('POST of v61 takes a JWT from JSON, for clients and for browsers', async t => {
  const metabase = await start(t)
  const forClient = await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)
  t.equal(forClient.status, 200)
  t.strictSame(forClient.json, { status: 'ok', id: [...metabase.sessions.keys()][0], exp: clock + 600, iat: clock })

  const forBrowser = await postJson(metabase, '/auth/sso?return_to=/question/1', { jwt: annsJwt() })
  t.equal(forBrowser.status, 302)
  t.equal(forBrowser.headers.get('location'), '/question/1')
  t.match(forBrowser.headers.get('set-cookie'), 'metabase.SESSION=')
})

t.test('POST of v61 without a JWT in JSON answers as discovery does', async t => {
  const metabase = await start(t)
  const discovered = { url: metabase.identityProviderUri, method: 'jwt' }
  const bodies = [{}, { jwt: ' ' }, { jwt: 1 }, null, 'text']
  for (const body of bodies) t.strictSame((await postJson(metabase, '/auth/sso', body, sdk)).json, discovered)
  t.strictSame((await postJson(metabase, `/auth/sso?jwt=${annsJwt()}`, {}, sdk)).json, discovered, 'in the query')
  const form = new URLSearchParams({ jwt: annsJwt() })
  t.strictSame((await ask(metabase, '/auth/sso', { method: 'POST', headers: sdk, body: form })).json, discovered)
  const broken = { method: 'POST', headers: { ...sdk, 'content-type': 'application/json' }, body: '{' }
  t.equal((await ask(metabase, '/auth/sso', broken)).status, 400)

  t.equal((await postJson(metabase, '/auth/sso', {})).headers.get('location'), metabase.identityProviderUri)
  metabase.settings.sdkEmbedding = false
  t.match(logInError(await postJson(metabase, '/auth/sso', {}, sdk)), [402, /^Embedding SDK for React is disabled/])
  t.equal(metabase.logins, 0)
})

for (const [version, status] of [['v50', 400], ['v55', 501], ['v56', 501], ['v58', 501]] as const) {
  t.test(`POST of ${version} is not supported: a page with ${status}`, async t => {
    const metabase = await start(t, { version })
    for (const headers of [{}, sdk]) {
      const answer = await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, headers)
      t.strictSame(logInError(answer), [status, 'POST not valid for JWT SSO requests'])
    }
    t.equal(metabase.logins, 0)
  })
}

t.test('a refused POST is a page with the message, escaped, and the status of its cause', async t => {
  const metabase = await start(t)
  const post = async (jwt: string, query = '') =>
    logInError(await postJson(metabase, `/auth/sso${query}`, { jwt }, sdk))
  t.strictSame(await post(sign({}, 'another')), [401, 'Message seems corrupt or manipulated'])
  t.strictSame(await post(annsJwt({ exp: 5 })), [401, 'Token is expired (5)'])
  t.strictSame(await post(annsJwt({ '@tenant': true })), [401, 'Value of `@tenant` must be a string'])
  t.strictSame(await post(annsJwt({ '@tenant': 'acme' })), [403, 'Tenants and tenant users are disabled.'])
  metabase.settings.userProvisioning = false
  t.match(await post(annsJwt()), [401, /^Sorry, but you&#39;ll need a metabase account/])
  const redirected = await postJson(metabase, '/auth/sso?return_to=//%3Cx', { jwt: annsJwt() })
  t.strictSame(logInError(redirected), [400, 'Invalid redirect URL'])
  t.match(redirected.text, '<pre>{:redirect-url &#34;//&#60;x&#34;, :status-code 400}</pre>')
  t.equal(metabase.logins, 0)
})

t.test('POST goes to SAML when JWT is off, or when nothing asks for JWT', async t => {
  const metabase = await start(t)
  metabase.settings.saml = true
  const saml = [401, 'Unable to log in: SAML response validation failed']
  t.strictSame(logInError(await postJson(metabase, '/auth/sso', {}, sdk)), saml)
  t.match((await postJson(metabase, '/auth/sso?preferred_method=jwt', {}, sdk)).json, { method: 'jwt' })
  t.match((await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)).json, { status: 'ok' })
  metabase.settings.jwtSso = false
  t.strictSame(logInError(await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)), saml)
})
