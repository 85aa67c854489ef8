import t from 'tap'
import { annsJwt } from './helpers/sign.js'
import { ask, embedJs, sdk, start } from './helpers/stand-in.js'

t.test('discovery sends a browser to the identity provider', async t => {
  const metabase = await start(t, { identityProviderUri: 'https://app.example.com/sso' })
  const location = async (query: string) => (await ask(metabase, `/auth/sso${query}`)).headers.get('location')
  t.equal(await location(''), 'https://app.example.com/sso')
  t.equal(await location('?redirect=%2Fdashboard%2F1'), 'https://app.example.com/sso?return_to=/dashboard/1')
  metabase.identityProviderUri = 'https://app.example.com/sso?a=b'
  t.equal(await location('?redirect=%2F'), 'https://app.example.com/sso?a=b&return_to=/', 'metabase#13078')
})

t.test('discovery tells a client nothing while its embedding is off', async t => {
  const metabase = await start(t)
  metabase.settings.sdkEmbedding = false
  const answer = await ask(metabase, '/auth/sso', { headers: sdk })
  t.equal(answer.status, 402)
  t.equal(answer.json.status, 'error-embedding-sdk-disabled')
  t.equal((await ask(metabase, '/auth/sso', { headers: embedJs })).status, 200)
  metabase.settings.simpleEmbedding = false
  t.equal((await ask(metabase, '/auth/sso', { headers: embedJs })).json.status, 'error-embedding-simple-disabled')
})

t.test('discovery answers for SAML unless JWT is asked for, with both on', async t => {
  const metabase = await start(t)
  metabase.settings.saml = true
  const method = async (query: string) => (await ask(metabase, `/auth/sso${query}`, { headers: sdk })).json.method
  t.equal(await method(''), 'saml')
  t.equal(await method('?preferred_method=saml'), 'saml')
  t.equal(await method('?preferred_method=jwt'), 'jwt')
  t.match((await ask(metabase, '/auth/sso')).headers.get('location'), 'saml.example.com')
  t.match(
    (await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).json,
    { status: 'ok' },
    'a JWT asks for itself'
  )
})

t.test('discovery answers for SAML alone while JWT is off', async t => {
  const metabase = await start(t)
  Object.assign(metabase.settings, { saml: true, jwtSso: false })
  for (const query of ['?preferred_method=jwt', `?jwt=${annsJwt()}`]) {
    t.match((await ask(metabase, `/auth/sso${query}`, { headers: sdk })).json, { method: 'saml' })
  }
  t.equal(metabase.logins, 0)
})

for (const version of ['v55', 'v56'] as const) {
  t.test(`discovery of ${version} has no url where none is set`, async t => {
    const metabase = await start(t, { version, identityProviderUri: null })
    t.match((await ask(metabase, '/auth/sso', { headers: sdk })).json, { url: null, method: 'jwt', hash: String })
    t.equal((await ask(metabase, '/auth/sso')).status, 500, 'to a browser')
  })
}

for (const version of ['v50', 'v58', 'v61'] as const) {
  t.test(`JWT SSO of ${version} is off where no identity provider is set`, async t => {
    const metabase = await start(t, { version })
    metabase.identityProviderUri = null
    t.match(await ask(metabase, '/auth/sso', { headers: sdk }), { status: 400, text: /SSO has not been enabled/ })
    t.equal((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).status, 400)
  })
}
