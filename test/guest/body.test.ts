import formbody from '@fastify/formbody'
import t from 'tap'
import { askAsEmbedJs, EMBEDDING_SECRET, guestHost } from '../helpers/guest.js'
import { startHost } from '../helpers/host.js'

const good = { entityType: 'dashboard', entityId: 1 }

const refused: Record<string, unknown> = {
  'nothing in it': {},
  'no entityId': { entityType: 'dashboard' },
  'another entityType': { ...good, entityType: 'collection' },
  'an entityType that every object has': { ...good, entityType: 'constructor' },
  'an id of 0': { ...good, entityId: 0 },
  'a negative id': { ...good, entityId: -1 },
  'a fraction': { ...good, entityId: 1.5 },
  'an id larger than an int': { ...good, entityId: 2 ** 31 },
  'a number in a string': { ...good, entityId: '1' },
  'an entity id that is too short': { ...good, entityId: 'a'.repeat(20) },
  'an entity id that is too long': { ...good, entityId: 'a'.repeat(22) },
  'an entity id with a slash': { ...good, entityId: `../${'a'.repeat(18)}` },
  'an entity id with a line break': { ...good, entityId: `${'a'.repeat(21)}\n` },
  'a list of ids': { ...good, entityId: [1] },
  'a list': [good],
  'a string': 'dashboard',
  null: null
}

t.test('a custom context that is nested too deeply is a 400, and authorize is not asked', async t => {
  let asked = 0
  const { app, logIn } = await guestHost(t, () => { asked++; return {} })
  const payload = `{"entityType":"dashboard","entityId":1,"customContext":${'['.repeat(5000)}${']'.repeat(5000)}}`
  const headers = { 'content-type': 'application/json' }
  const response = await app.inject(
    { method: 'POST', url: '/sso/metabase/guest', cookies: await logIn(), headers, payload }
  )
  t.match([response.statusCode, response.json()], [400, { code: 'METABASE_SSO_BODY_INVALID' }])
  t.equal(asked, 0)
})

t.test('the plugin refuses a guest token over 64 KiB and an embed URL over 8,000', async t => {
  const { app, logIn } = await guestHost(t, () => ({ region: ['x'.repeat(64 * 1024)] }))
  const response = await askAsEmbedJs(app, good, await logIn())
  t.match([response.statusCode, response.json()], [500, { code: 'METABASE_SSO_TOKEN_TOO_LARGE' }])
  const embed = { resource: { dashboard: 1 }, params: { region: 'x'.repeat(8000) } }
  await t.rejects(app.metabaseSso.guestEmbedUrl(embed), { code: 'METABASE_SSO_TOKEN_TOO_LARGE' })
  await t.resolves(app.metabaseSso.signGuest(embed))
  await t.rejects(app.metabaseSso.signGuest({ ...embed, params: { region: 'x'.repeat(64 * 1024) } }),
    { code: 'METABASE_SSO_TOKEN_TOO_LARGE', message: /64 KiB/ })
})

t.test('a body that is not what embed.js sends is refused before anybody is asked', async t => {
  let asked = 0
  const { app, logIn } = await guestHost(t, () => { asked++; return {} })
  const cookies = await logIn()
  for (const [name, body] of Object.entries(refused)) {
    const response = await askAsEmbedJs(app, body, cookies)
    const failure = { status: 'error', message: 'authentication failed', code: 'METABASE_SSO_BODY_INVALID' }
    t.match([response.statusCode, response.json()], [400, failure], name)
  }
  t.equal(asked, 0)
})

/** Bodies that are not even read as JSON. */
const unread = [
  [400, 'METABASE_SSO_BODY_INVALID', 'application/json', '{"entityType":'],
  [400, 'METABASE_SSO_BODY_INVALID', 'application/json', ''],
  [400, 'METABASE_SSO_BODY_INVALID', 'application/json', '{"entityType":"dashboard","entityId":1,"__proto__":{"a":1}}'],
  [
    400,
    'METABASE_SSO_BODY_INVALID',
    'application/json',
    '{"entityType":"dashboard","entityId":1,"customContext":{"__proto__":{"a":1}}}'
  ],
  [
    413,
    'METABASE_SSO_BODY_TOO_LARGE',
    'application/json',
    JSON.stringify({ ...good, customContext: 'x'.repeat(17 * 1024) })
  ],
  [415, 'METABASE_SSO_BODY_NOT_JSON', 'text/plain', JSON.stringify(good)],
  [415, 'METABASE_SSO_BODY_NOT_JSON', 'application/x-www-form-urlencoded', 'entityType=dashboard&entityId=1'],
  [415, 'METABASE_SSO_BODY_NOT_JSON', 'multipart/form-data; boundary=x', '--x--']
] as const

t.test('the route refuses what is no JSON, or too much, whatever the host can read', async t => {
  const { app, logs, logIn } = await startHost(t, {
    options: { guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } },
    before: async app => {
      await app.register(formbody)
      app.addContentTypeParser('*', (_request, _payload, done) => done(null, good))
    }
  })
  const cookies = await logIn()
  for (const [status, code, type, payload] of unread) {
    const response = await app.inject(
      { method: 'POST', url: '/sso/metabase/guest', cookies, headers: { 'content-type': type }, payload }
    )
    t.match(
      [response.statusCode, response.json()], [status, { status: 'error', code }], `${type}: ${payload.slice(0, 60)}`
    )
    t.equal(response.headers['cache-control'], 'no-store')
  }
  t.notMatch(JSON.stringify(logs), /xxxxxxxx/, 'the body is in no log')
})

t.test('a body may have 16 KiB and no byte more', async t => {
  const { app, logIn } = await guestHost(t)
  const cookies = await logIn()
  const frame = JSON.stringify({ ...good, customContext: '' }).length
  for (const [size, status] of [[16 * 1024, 200], [16 * 1024 + 1, 413]] as const) {
    t.equal((await askAsEmbedJs(app, { ...good, customContext: 'x'.repeat(size - frame) }, cookies)).statusCode, status)
  }
})

t.test('a body of another length than announced is refused', async t => {
  const { app, logIn } = await guestHost(t)
  const headers = { 'content-type': 'application/json', 'content-length': '5' }
  const response = await app.inject(
    { method: 'POST', url: '/sso/metabase/guest', cookies: await logIn(), headers, payload: JSON.stringify(good) }
  )
  t.match([response.statusCode, response.json()], [400, { code: 'METABASE_SSO_BODY_INVALID' }])
})

t.test('what the host refuses on this route is the host’s to answer', async t => {
  const { app, logIn } = await guestHost(t)
  app.addHook('preHandler', async () => { throw Object.assign(new Error('closed for today'), { statusCode: 418 }) })
  app.setErrorHandler((error, _request, reply) => { reply.code(418).send({ host: String(error) }) })
  const response = await askAsEmbedJs(app, good, await logIn())
  t.strictSame([response.statusCode, response.json()], [418, { host: 'Error: closed for today' }])
})

t.test('no body at all is refused, too', async t => {
  const { app, logIn } = await guestHost(t)
  const response = await app.inject({ method: 'POST', url: '/sso/metabase/guest', cookies: await logIn() })
  t.match([response.statusCode, response.json()], [400, { code: 'METABASE_SSO_BODY_INVALID' }])
})

t.test('the host’s own routes keep their parsers and limits', async t => {
  const { app } = await guestHost(t)
  app.post('/echo', async request => request.body)
  t.equal((await app.inject(
    { method: 'POST', url: '/echo', headers: { 'content-type': 'text/plain' }, payload: 'hello' }
  )).body, 'hello')
  t.equal((await app.inject({ method: 'POST', url: '/echo', payload: { much: 'x'.repeat(100_000) } })).statusCode, 200)
})

t.test('no hook of the host is given a body that is no JSON', async t => {
  const bodies: unknown[] = []
  const { app, logIn } = await startHost(t, {
    options: { guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } },
    before: app => app.addHook('preValidation', async ({ url, body }) => {
      if (url.includes('/guest')) bodies.push(body)
    })
  })
  const cookies = await logIn()
  const headers = { 'content-type': 'application/json' }
  await app.inject({ method: 'POST', url: '/sso/metabase/guest', cookies, headers, payload: '{"entityType":' })
  t.strictSame(bodies, [])
  await askAsEmbedJs(app, good, cookies)
  t.strictSame(bodies, [good])
})
