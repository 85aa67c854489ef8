import t from 'tap'
import { accessControl, STRANGER } from '../helpers/cors.js'
import { guestHost } from '../helpers/guest.js'
import { ORIGIN } from '../helpers/host.js'

const url = '/sso/metabase/guest'
const payload = { entityType: 'dashboard', entityId: 1 }
const welcome = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }

t.test('a front end of another origin may ask for tokens, and learns why it gets none', async t => {
  const { app, logIn } = await guestHost(t)
  const cookies = await logIn()
  const headers = {
    origin: ORIGIN, 'access-control-request-method': 'POST', 'access-control-request-headers': 'content-type'
  }
  const preflight = await app.inject({ method: 'OPTIONS', url, headers })
  t.equal(preflight.statusCode, 204)
  t.match(
    accessControl(preflight),
    { ...welcome, 'access-control-allow-methods': 'POST', 'access-control-allow-headers': 'content-type' }
  )

  for (const [status, response] of [
    [200, await app.inject({ method: 'POST', url, cookies, payload, headers: { origin: ORIGIN } })],
    [401, await app.inject({ method: 'POST', url, payload, headers: { origin: ORIGIN } })],
    [400, await app.inject({ method: 'POST', url, cookies, payload: {}, headers: { origin: ORIGIN } })],
    [415, await app.inject(
      { method: 'POST', url, cookies, payload: 'x', headers: { origin: ORIGIN, 'content-type': 'text/plain' } }
    )]
  ] as const) {
    t.equal(response.statusCode, status)
    t.same(accessControl(response), welcome, String(status))
    t.match(response.headers.vary, /\borigin\b/i)
  }
})

t.test('a stranger may not read the answer', async t => {
  const { app, logIn } = await guestHost(t)
  const headers = { origin: STRANGER, 'access-control-request-method': 'POST' }
  t.same(accessControl(await app.inject({ method: 'OPTIONS', url, headers })), {})
  t.same(accessControl(
    await app.inject({ method: 'POST', url, cookies: await logIn(), payload, headers: { origin: STRANGER } })
  ), {})
})
