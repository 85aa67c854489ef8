import t from 'tap'
import { annsJwt, clock } from './helpers/sign.js'
import { ask, sdk, start } from './helpers/stand-in.js'

t.test('discovery of v50 sends even the SDK to the identity provider', async t => {
  const metabase = await start(t, { version: 'v50' })
  const answer = await ask(metabase, '/auth/sso?preferred_method=jwt', { headers: sdk })
  t.equal(answer.status, 302)
  t.equal(answer.headers.get('location'), metabase.identityProviderUri)
})

t.test('token=true of v50 trades a JWT for a session', async t => {
  const metabase = await start(t, { version: 'v50' })
  const answer = await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)
  t.equal(answer.status, 200)
  const [session] = metabase.sessions.values()
  t.strictSame(answer.json, { id: session?.id, exp: clock + 600, iat: clock })
  t.equal(metabase.logins, 1)
})

t.test('a JWT without token=true is for browsers on v50', async t => {
  const metabase = await start(t, { version: 'v50' })
  const answer = await ask(metabase, `/auth/sso?return_to=/dashboard/1&jwt=${annsJwt()}`, { headers: sdk })
  t.equal(answer.status, 302)
  t.equal(answer.headers.get('location'), '/dashboard/1')
  const [session] = metabase.sessions.values()
  t.match(answer.headers.get('set-cookie'), `metabase.SESSION=${session?.id}; Path=/; HttpOnly`)
})

t.test('the login of v50 has run when SDK embedding turns out to be off', async t => {
  const metabase = await start(t, { version: 'v50' })
  metabase.settings.sdkEmbedding = false
  const answer = await ask(metabase, `/auth/sso?token=true&jwt=${annsJwt()}`)
  t.equal(answer.status, 402)
  t.equal(answer.text, 'SDK Embedding is not enabled.')
  t.equal(metabase.logins, 1)
})
