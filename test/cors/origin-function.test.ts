import t from 'tap'
import { accessControl, preflight, STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost } from '../helpers/host.js'

const OURS = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }

for (const [name, origin] of [
  ['sync', (origin: string) => origin === ORIGIN],
  ['async', async (origin: string) => { await new Promise(setImmediate); return origin === ORIGIN }]
] as const) {
  t.test(`an ${name} origin function decides for CORS, preflights and the logout route`, async t => {
    const { app, logIn } = await startHost(t, { options: { origin, logout: true } })
    const cookies = await logIn()
    t.equal((await preflight(app, ORIGIN)).statusCode, 204)
    t.same(accessControl(await app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })), OURS)
    t.same(accessControl(await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })), OURS, 'on a 401')
    t.equal((await preflight(app, STRANGER)).statusCode, 404)
    t.same(accessControl(await app.inject({ url: '/sso/metabase', cookies, headers: { origin: STRANGER } })), {})

    const logOut = async (origin: string) =>
      (await app.inject({ method: 'POST', url: '/sso/metabase/logout', cookies, headers: { origin } })).statusCode
    t.strictSame([await logOut(STRANGER), await logOut(ORIGIN)], [403, 200])
  })
}

t.test('an origin function gets the origin and the request, and runs once a request', async t => {
  const calls: unknown[] = []
  const { app, logIn } = await startHost(t, {
    options: { logout: true, origin: async (origin, request) => { calls.push([origin, request.url]); return true } }
  })
  const cookies = await logIn()
  await app.inject({ method: 'POST', url: '/sso/metabase/logout', cookies, headers: { origin: ORIGIN } })
  t.strictSame(calls, [[ORIGIN, '/sso/metabase/logout']])
  await app.inject({ url: '/sso/metabase', cookies })
  await app.inject({ url: '/sso/metabase', cookies, headers: { origin: 'null' } })
  t.equal(calls.length, 1, 'there is nothing to ask about')
})

for (const [name, origin] of [
  ['throws', () => { throw new Error('db is down') }],
  ['rejects', async () => { throw new Error('db is down') }],
  ['returns no boolean', (() => 'yes') as unknown as () => boolean],
  ['never settles', async () => await new Promise<boolean>(() => {})]
] as const) {
  t.test(`an origin function that ${name} is a 500 with its own code and no CORS headers`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { origin, timeout: 100 } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers: { origin: ORIGIN } })
    t.equal(response.statusCode, 500)
    t.match(response.json(), { status: 'error', code: 'METABASE_SSO_ORIGIN_FAILED' })
    t.notMatch(response.body, 'db is down')
    t.same(accessControl(response), {})
    t.equal(metabase.requests.length, 0)
    t.match(
      logs.find(({ err }) => err !== undefined),
      { level: 50, err: { code: 'METABASE_SSO_ORIGIN_FAILED', hint: String } }
    )
    if (name === 'never settles') t.match(JSON.stringify(logs), 'no answer in 100 ms')
    t.equal((await preflight(app, ORIGIN)).statusCode, 500)
  })
}

t.test('the log says why an origin function failed', async t => {
  const origin = () => { throw new Error('db is down') }
  const { app, logs } = await startHost(t, { options: { origin } })
  await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })
  t.match(JSON.stringify(logs), 'db is down')
})
