import t from 'tap'
import { annsJwt } from './helpers/sign.js'
import { ask, embedJs, sdk, start } from './helpers/stand-in.js'

t.test('a browser is sent to the identity provider', async t => {
  const metabase = await start(t, { identityProviderUri: 'https://app.example.com/sso' })
  const location = async (query: string) => (await ask(metabase, `/auth/sso${query}`)).headers.get('location')
  t.equal(await location(''), 'https://app.example.com/sso')
  t.equal(await location('?redirect=%2Fdashboard%2F1'), 'https://app.example.com/sso?return_to=/dashboard/1')
  t.equal(await location('?redirect=/caf%C3%A9%0D%0A'), 'https://app.example.com/sso?return_to=/caf%C3%A9%0D%0A')
  metabase.identityProviderUri = 'https://app.example.com/sso?a=b'
  t.equal(await location('?redirect=%2F'), 'https://app.example.com/sso?a=b&return_to=/', 'metabase#13078')
})

t.test('an embedding client whose embedding is off learns nothing', async t => {
  const metabase = await start(t)
  metabase.settings.sdkEmbedding = false
  const answer = await ask(metabase, '/auth/sso', { headers: sdk })
  t.equal(answer.status, 402)
  t.equal(answer.json.status, 'error-embedding-sdk-disabled')
  t.equal((await ask(metabase, '/auth/sso', { headers: embedJs })).status, 200)
  metabase.settings.simpleEmbedding = false
  t.equal((await ask(metabase, '/auth/sso', { headers: embedJs })).json.status, 'error-embedding-simple-disabled')
})

t.test('with SAML on too, JWT has to be asked for', async t => {
  const metabase = await start(t)
  metabase.settings.saml = true
  const method = async (query: string) => (await ask(metabase, `/auth/sso${query}`, { headers: sdk })).json.method
  t.equal(await method(''), 'saml')
  t.equal(await method('?preferred_method=saml'), 'saml')
  t.equal(await method('?preferred_method=jwt'), 'jwt')
  t.match((await ask(metabase, '/auth/sso')).headers.get('location'), 'saml.example.com')
  t.match((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).json, { status: 'ok' }, 'a JWT asks for itself')
})

t.test('with SAML alone, JWT is not to be had', async t => {
  const metabase = await start(t)
  Object.assign(metabase.settings, { saml: true, jwtSso: false })
  for (const query of ['?preferred_method=jwt', `?jwt=${annsJwt()}`]) {
    t.match((await ask(metabase, `/auth/sso${query}`, { headers: sdk })).json, { method: 'saml' })
  }
  t.equal(metabase.logins, 0)
})
