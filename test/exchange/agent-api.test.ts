import t from 'tap'
import { lightHost } from '../helpers/exchange.js'
import { ANN, SECRET, standIn } from '../helpers/host.js'

interface AgentAnswer { message: string, error?: string, email?: string, scopes?: string[] | null }

/** Calls the Agent API with this `Authorization`. */
async function ping (url: string, authorization?: string): Promise<[status: number, body: AgentAnswer]> {
  const headers: Record<string, string> = authorization === undefined ? {} : { authorization }
  const response = await fetch(`${url}/api/agent/v1/ping`, { headers })
  return [response.status, await response.json() as AgentAnswer]
}

t.test('sign() makes the token that the Agent API takes for a known user', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase)
  t.match(await ping(metabase.url, `Bearer ${await metabaseSso.sign(ANN)}`), [401, { error: 'invalid_jwt' }],
    'it makes no account')
  await metabaseSso.exchange(ANN)

  t.strictSame(await ping(metabase.url, `Bearer ${await metabaseSso.sign(ANN)}`),
    [200, { message: 'pong', email: ANN.email, scopes: null }])
  t.equal(metabase.logins, 1, 'no session is made')
})

t.test('a scope claim of the mapper limits what the token of sign() may do', async t => {
  const metabase = await standIn(t)
  const mapUserToClaims = () => ({ email: ANN.email, scope: 'agent:query agent:read' })
  const { metabaseSso } = await lightHost(t, metabase, { mapUserToClaims })
  await metabaseSso.exchange(ANN)

  const [, { scopes }] = await ping(metabase.url, `Bearer ${await metabaseSso.sign(ANN)}`)
  t.strictSame(scopes, ['agent:query', 'agent:read'])
})

t.test('a token of sign() meets none of the four errors of the Agent API', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase)
  await metabaseSso.exchange(ANN)
  const jwt = await metabaseSso.sign(ANN)

  t.match(await ping(metabase.url), [401, { error: 'missing_authorization' }])
  t.match(await ping(metabase.url, `Basic ${jwt}`), [401, { error: 'invalid_authorization_format' }])
  metabase.secret = SECRET.replaceAll('f', 'e')
  t.match(await ping(metabase.url, `Bearer ${jwt}`), [401, { error: 'invalid_jwt' }])
  metabase.secret = SECRET
  metabase.settings.jwtSso = false
  t.match(await ping(metabase.url, `Bearer ${jwt}`), [401, { error: 'jwt_not_configured' }])
  metabase.settings.jwtSso = true
  t.match(await ping(metabase.url, `Bearer ${jwt}`), [200, { message: 'pong' }])
})
