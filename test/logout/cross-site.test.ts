import t from 'tap'
import { accessControl, STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

const HOST = 'http://localhost:80'

const allowed: Record<string, Record<string, string>> = {
  'no browser': {},
  'a page of the same origin': { origin: HOST, 'sec-fetch-site': 'same-origin' },
  'a page of the same origin, whose referrer policy hides it': { origin: 'null', 'sec-fetch-site': 'same-origin' },
  'an allowed front end of another site': { origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
  'an allowed front end in an old browser': { origin: ORIGIN },
  'a page of the same origin in an old browser': { origin: HOST },
  'a page of the same origin in an old browser, whose TLS ends before the app': { origin: 'https://localhost' },
  'a form of the same origin': {
    origin: HOST, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document'
  },
  'a beacon of the same origin': {
    origin: HOST, 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty'
  }
}

const refused: Record<string, Record<string, string>> = {
  'a page of another site': { origin: STRANGER, 'sec-fetch-site': 'cross-site' },
  'a page of another subdomain': { origin: 'http://other.localhost', 'sec-fetch-site': 'same-site' },
  'a form of another site': {
    origin: STRANGER, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document'
  },
  'what no browser sends': { 'sec-fetch-site': 'cross-site, same-origin' },
  'a page of another site in an old browser': { origin: STRANGER },
  'a page that hides its origin': { origin: 'null', 'sec-fetch-site': 'cross-site' },
  'a page that hides its origin in an old browser': { origin: 'null' },
  'a page of another site that sends no origin': { 'sec-fetch-site': 'cross-site' },
  'another port of the host in an old browser': { origin: 'http://localhost:8080' }
}

for (const [name, headers] of Object.entries(allowed)) {
  t.test(`the route accepts ${name}`, async t => {
    const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
    const cookies = await logIn()
    await app.inject({ url: '/sso/metabase', cookies })
    t.match((await logOut(app, cookies, { host: 'localhost:80', ...headers })).json(), { ended: 1 })
    t.equal(metabase.sessions.size, 0)
  })
}

for (const [name, headers] of Object.entries(refused)) {
  t.test(`the route rejects ${name}`, async t => {
    const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
    const cookies = await logIn()
    await app.inject({ url: '/sso/metabase', cookies })
    const response = await logOut(app, cookies, { host: 'localhost:80', ...headers })
    t.match([response.statusCode, response.json()], [403, { code: 'METABASE_SSO_CROSS_SITE' }])
    t.equal(metabase.sessions.size, 1)
  })
}

t.test('the route has the CORS headers of the other routes', async t => {
  const { app, logIn } = await startHost(t, { options: { logout: true } })
  const url = '/sso/metabase/logout'
  const welcome = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }
  const headers = { origin: ORIGIN, 'access-control-request-method': 'POST' }
  const preflight = await app.inject({ method: 'OPTIONS', url, headers })
  t.match(accessControl(preflight), { ...welcome, 'access-control-allow-methods': 'POST' })
  t.same(accessControl(await logOut(app, await logIn(), { origin: ORIGIN })), welcome)
  t.same(accessControl(await logOut(app, await logIn(), { origin: STRANGER })), {})
})
