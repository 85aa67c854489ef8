import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt, clock } from './helpers/sign.js'
import { postJson, start } from './helpers/stand-in.js'

const toSession = (metabase: MetabaseStandIn, body: unknown) => postJson(metabase, '/auth/sso/to_session', body)

t.test('gives a session to whoever has a JWT, in v58 and v61', async t => {
  const metabase = await start(t, { version: 'v58' })
  metabase.settings.sdkEmbedding = false
  for (metabase.version of ['v58', 'v61'] as const) {
    const answer = await toSession(metabase, { jwt: annsJwt() })
    t.equal(answer.status, 200)
    t.strictSame(answer.json, { session_token: [...metabase.sessions.keys()].at(-1), exp: clock + 600, iat: clock })
  }
})

t.test('refuses by name', async t => {
  const metabase = await start(t)
  const refusal = async (body: unknown) => {
    const { status, json } = await toSession(metabase, body)
    return [status, json]
  }
  t.strictSame(await refusal({}), [400, { status: 'error-jwt-missing' }])
  t.strictSame(await refusal({ jwt: 'nonsense' }), [401, { status: 'error-jwt-invalid' }])
  t.strictSame(await refusal({ jwt: annsJwt({ exp: 1 }) }), [401, { status: 'error-jwt-invalid' }])
  metabase.settings.jwtSso = false
  t.strictSame(await refusal({ jwt: annsJwt() }), [400, { status: 'error-jwt-disabled' }])
  metabase.settings.licensed = false
  t.match(await refusal({ jwt: annsJwt() }), [402, { status: 'error-premium-feature-not-available' }])
  t.equal(metabase.logins, 0)
})

t.test('refuses accounts as /auth/sso does', async t => {
  const metabase = await start(t)
  t.equal((await toSession(metabase, { jwt: annsJwt({ '@tenant': 'acme' }) })).status, 403)
  metabase.settings.userProvisioning = false
  t.match(await toSession(metabase, { jwt: annsJwt() }), { status: 401, text: /^Sorry/ })
})

t.test('as the source of late 2025 has it', async t => {
  const metabase = await start(t)
  metabase.settings.toSessionAnswer = 'bare'
  t.strictSame(Object.keys((await toSession(metabase, { jwt: annsJwt() })).json), ['session_token'])
  t.match(await toSession(metabase, {}), { status: 400, json: { errors: { jwt: 'value must be a non-blank string.' } } })
  t.match(await toSession(metabase, { jwt: 'x' }), { status: 401, text: 'Message seems corrupt or manipulated' })
  t.match(await toSession(metabase, { jwt: annsJwt({ exp: 1 }) }), { status: 401, text: 'Token is expired (1)' })
  metabase.settings.jwtSso = false
  t.match(await toSession(metabase, { jwt: annsJwt() }), { status: 400, text: 'JWT authentication is not enabled' })
})
