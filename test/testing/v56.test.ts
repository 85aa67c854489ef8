import t from 'tap'
import { annsJwt } from './helpers/sign.js'
import { ask, postJson, sdk, start } from './helpers/stand-in.js'

t.test('v56 has the hash of v55 and to_session', async t => {
  const metabase = await start(t, { version: 'v56' })
  const { json: { hash } } = await ask(metabase, '/auth/sso', { headers: sdk })
  const byHash = { ...sdk, 'x-metabase-sdk-jwt-hash': String(hash) }
  t.match((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: byHash })).json, { status: 'ok' })
  t.match((await ask(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk })).json, { method: 'jwt', hash: String })
  t.match((await postJson(metabase, '/auth/sso/to_session', { jwt: annsJwt() })).json, { session_token: String })
  t.equal((await postJson(metabase, '/auth/sso', { jwt: annsJwt() }, sdk)).status, 501)
  t.equal(metabase.logins, 3)
})
