import t from 'tap'
import { accessControl, ourPolicyHolds, preflight, STRANGER } from '../helpers/cors.js'
import { NAVIGATION, ORIGIN, startHost } from '../helpers/host.js'

t.test('the route lets a page of the allowed origin sign in, and no other page', async t => {
  await ourPolicyHolds(t, await startHost(t))
})

t.test('each of the answers may be read by the allowed origin', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const [url, headers] of [
    ['/sso/metabase', {}], ['/sso/metabase?response=json', {}], ['/sso/metabase', NAVIGATION]
  ] as const) {
    const response = await app.inject({ url, cookies, headers: { ...headers, origin: ORIGIN } })
    t.same(
      accessControl(response), { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }
    )
  }
})

t.test('a client that sends a bearer token is let through by the preflight', async t => {
  const { app } = await startHost(t)
  const asked = 'authorization,x-metabase-client'
  const response = await app.inject({
    method: 'OPTIONS',
    url: '/sso/metabase',
    headers: { origin: ORIGIN, 'access-control-request-method': 'GET', 'access-control-request-headers': asked }
  })
  t.equal(response.statusCode, 204)
  t.equal(response.headers['access-control-allow-headers'], asked)
  t.match(response.headers.vary, /access-control-request-headers/i)
  t.equal(response.body, '')
})

t.test('a preflight may be stored for ten minutes, and allows no header unasked', async t => {
  const { app } = await startHost(t)
  const headers = { origin: ORIGIN, 'access-control-request-method': 'GET' }
  const response = await app.inject({ method: 'OPTIONS', url: '/sso/metabase', headers })
  t.strictSame(accessControl(response), {
    'access-control-allow-origin': ORIGIN,
    'access-control-allow-credentials': 'true',
    'access-control-allow-methods': 'GET',
    'access-control-max-age': '600'
  })
})

t.test('a GET with the header of a preflight is none: it signs in', async t => {
  const { app, logIn } = await startHost(t)
  const headers = { origin: ORIGIN, 'access-control-request-method': 'GET' }
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers })
  t.match(response.json(), { status: 'ok' })
})

t.test('without an Origin header the route allows nothing, and keeps caches apart', async t => {
  const { app, logIn } = await startHost(t)
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.equal(response.statusCode, 200)
  t.same(accessControl(response), {})
  t.match(response.headers.vary, /\borigin\b/i)
})

t.test('a preflight signs nobody in, with or without cookies', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const origin of [ORIGIN, STRANGER]) {
    await preflight(app, origin)
    await app.inject(
      { method: 'OPTIONS', url: '/sso/metabase', cookies, headers: { origin, 'access-control-request-method': 'GET' } }
    )
  }
  t.equal(metabase.requests.length, 0)
})
