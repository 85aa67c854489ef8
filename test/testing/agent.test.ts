import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt, sign } from './helpers/sign.js'
import { annsSession, ask, start } from './helpers/stand-in.js'

const ping = (metabase: MetabaseStandIn, headers: Record<string, string> = {}) =>
  ask(metabase, '/api/agent/v1/ping', { headers })
const bearer = (jwt: string) => ({ authorization: `Bearer ${jwt}` })

t.test('the Agent API takes an SSO JWT and makes no session', async t => {
  const metabase = await start(t)
  const { 'x-metabase-session': session } = await annsSession(metabase)
  t.match(
    await ping(metabase, bearer(annsJwt())),
    { status: 200, json: { message: 'pong', email: 'ann@example.com', scopes: null } }
  )
  t.match(
    (await ping(metabase, bearer(annsJwt({ scope: 'agent:read  agent:query' })))).json,
    { scopes: ['agent:read', 'agent:query'] }
  )
  t.strictSame((await ping(metabase, { authorization: `bearer  ${annsJwt({ scope: 5 })}` })).json.scopes, [])
  t.strictSame([metabase.logins, [...metabase.sessions.keys()]], [1, [session]])
})

t.test('the Agent API takes a session, whatever the Authorization header', async t => {
  const metabase = await start(t)
  const headers = await annsSession(metabase)
  t.match((await ping(metabase, headers)).json, { email: 'ann@example.com', scopes: null })
  t.equal((await ping(metabase, { ...headers, authorization: 'Basic x' })).status, 200)
})

t.test('the Agent API refuses with four errors', async t => {
  const metabase = await start(t)
  await annsSession(metabase)
  const error = async (headers?: Record<string, string>) => {
    const { status, headers: { get }, json } = await ping(metabase, headers)
    t.match([status, typeof get, json.message], [401, 'function', String])
    t.strictSame(Object.keys(json), ['error', 'message'])
    return json.error
  }
  t.equal(await error(), 'missing_authorization')
  t.equal(await error({ 'x-metabase-session': 'gone' }), 'missing_authorization')
  t.equal(await error({ authorization: `Basic ${annsJwt()}` }), 'invalid_authorization_format')
  t.equal(await error({ authorization: 'Bearer' }), 'invalid_authorization_format')
  const invalid = [
    'nonsense', sign({ email: 'ann@example.com' }, 'another'), annsJwt({ iat: 1 }), annsJwt({ exp: 1 }), annsJwt(
      { email: null }
    ),
    annsJwt({ email: 'unknown@example.com' }), annsJwt({ '@tenant': true })
  ]
  for (const jwt of invalid) t.equal(await error(bearer(jwt)), 'invalid_jwt')
  Object.assign(metabase.users.get('ann@example.com') ?? {}, { active: false })
  t.equal(await error(bearer(annsJwt())), 'invalid_jwt')
  metabase.settings.jwtSso = false
  t.equal(await error(bearer(annsJwt())), 'jwt_not_configured')
  t.equal(metabase.users.size, 1)
})

t.test('the Agent API does not exist before v61', async t => {
  t.equal((await ping(await start(t, { version: 'v58' }), bearer(annsJwt()))).status, 404)
})
