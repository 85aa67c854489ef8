import t from 'tap'
import type { MetabaseStandIn } from '../../testing/index.js'
import { annsJwt } from './helpers/sign.js'
import { annsSession, ask, sdk, start } from './helpers/stand-in.js'

const origin = 'https://app.example.com'

/** Tells which origins may read the answer, as the browser sees it. */
async function readers (metabase: MetabaseStandIn, path: string, options: RequestInit = {}): Promise<string | null> {
  const { headers } = await ask(metabase, path, { ...options, headers: { origin, ...options.headers } })
  return headers.get('access-control-allow-origin')
}

t.test('listed origins may read every answer, never with credentials', async t => {
  const metabase = await start(t)
  metabase.settings.corsOrigins.push('https://other.example.com', origin)
  const headers = await annsSession(metabase)
  const answer = await ask(metabase, '/api/user/current', { headers: { origin, ...headers } })
  t.equal(answer.headers.get('access-control-allow-origin'), origin)
  t.equal(answer.headers.get('vary'), 'Origin')
  t.equal(answer.headers.get('access-control-allow-credentials'), null)
  t.equal(await readers(metabase, '/api/user/current'), origin, '401')
  t.equal(await readers(metabase, '/api/nothing'), origin, '404')
  t.equal(await readers(metabase, `/auth/sso?jwt=${annsJwt()}`, { headers: sdk }), origin)
  t.equal(await readers(metabase, '/auth/sso?jwt=wrong', { headers: sdk }), origin, '401')
})

t.test('other origins may read nothing', async t => {
  const metabase = await start(t)
  metabase.settings.corsOrigins.push(origin)
  t.equal(await readers(metabase, '/api/health', { headers: { origin: 'https://app.example.com.evil.example' } }), null)
  t.equal((await ask(metabase, '/api/health')).headers.get('access-control-allow-origin'), null, 'without an origin')
  metabase.settings.corsOrigins.length = 0
  t.equal(await readers(metabase, '/auth/sso?jwt=wrong', { headers: sdk }), null)
})

t.test('localhost may read every answer without an entry in the list', async t => {
  const metabase = await start(t)
  for (const local of ['http://localhost:9090', 'https://localhost']) {
    t.equal(await readers(metabase, '/auth/sso?jwt=wrong', { headers: { ...sdk, origin: local } }), local)
  }
  for (const other of ['http://localhost.example.com', 'http://127.0.0.1:9090', 'http://localhost:x']) {
    t.equal(await readers(metabase, '/api/health', { headers: { origin: other } }), null, other)
  }
})

t.test('preflights are answered without a login', async t => {
  const metabase = await start(t, { basePath: '/metabase' })
  metabase.settings.corsOrigins.push(origin)
  const preflight = (path: string) =>
    ask(metabase, path, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'GET' } })
  const { status, headers } = await preflight('/api/card/1/query')
  t.equal(status, 200)
  t.match(Object.fromEntries(headers), {
    'access-control-allow-origin':
      origin,
    'access-control-allow-headers': '*',
    'access-control-allow-methods': '*',
    'access-control-max-age': '60'
  })
  t.equal((await preflight('/auth/sso?jwt=x')).headers.get('access-control-allow-origin'), '*')
  t.equal(metabase.logins, 0)
})

t.test('every origin may read 400 and 402 of /auth/sso', async t => {
  const metabase = await start(t)
  metabase.settings.sdkEmbedding = false
  t.equal(await readers(metabase, '/auth/sso', { headers: sdk }), '*', '402')
  metabase.settings.jwtSso = false
  t.equal(await readers(metabase, '/auth/sso'), '*', '400')
  metabase.fail('sso-disabled', { times: 1 })
  t.equal(await readers(metabase, '/auth/sso'), '*', 'on demand, too')
  t.equal(await readers(metabase, '/auth/sso/to_session', { method: 'POST' }), null, 'its neighbour is another route')
  metabase.version = 'v55'
  t.equal(await readers(metabase, '/auth/sso'), null, 'before v56')
})

t.test('an answer that is not Metabase\'s has no CORS headers', async t => {
  const metabase = await start(t)
  metabase.settings.corsOrigins.push(origin)
  for (const failure of ['gateway-502', 'html-200'] as const) {
    metabase.fail(failure)
    t.equal(await readers(metabase, '/api/health'), null, failure)
  }
})
