import t from 'tap'
import { payloadOf } from '../helpers/exchange.js'
import { askAsEmbedJs, guestHost, shows } from '../helpers/guest.js'
import { ANN, startHost } from '../helpers/host.js'

const ENTITY_ID = 'Bz9uJ4-h_k2LmNoPqRsTu'

t.test('a user who may see a dashboard gets a token that shows it with the locked params', async t => {
  const { app, metabase, logIn } = await guestHost(t, user => ({ seller: user.email, region: ['north', 'south'] }))
  metabase.published.set('dashboard/7', { seller: 'locked', region: 'locked' })
  const response = await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 7 }, await logIn())

  t.equal(response.statusCode, 200)
  t.same(Object.keys(response.json()), ['jwt'])
  t.match(
    response.headers,
    { 'cache-control': 'no-store', 'content-type': /^application\/json/, 'x-content-type-options': 'nosniff' }
  )
  t.match(
    await shows(metabase, 'dashboard', response.json().jwt),
    { id: 7, params: { seller: ANN.email, region: ['north', 'south'] } }
  )
})

t.test('the token holds what Metabase reads and lives for ten minutes', async t => {
  const { app, logIn } = await guestHost(t)
  const now = Math.floor(Date.now() / 1000)
  const payload = payloadOf(
    (await askAsEmbedJs(app, { entityType: 'question', entityId: 1 }, await logIn())).json().jwt
  )
  t.same(Object.keys(payload).sort(), ['exp', 'iat', 'params', 'resource'])
  t.match(payload, { resource: { question: 1 }, params: {} })
  t.ok(Number(payload.iat) - now >= 0 && Number(payload.iat) - now < 5)
  t.equal(Number(payload.exp) - Number(payload.iat), 600)
})

t.test('questions, and entity ids, work too', async t => {
  const { app, metabase, logIn } = await guestHost(t)
  const cookies = await logIn()
  metabase.published.set(`question/${ENTITY_ID}`, {})
  for (const [type, id] of [['question', 1], ['question', ENTITY_ID], ['dashboard', 1]] as const) {
    const response = await askAsEmbedJs(app, { entityType: type, entityId: id }, cookies)
    t.match(await shows(metabase, type, response.json().jwt), { id })
  }
})

t.test('authorize is told who asks for what, with the context that the page gave', async t => {
  const seen: unknown[] = []
  const { app, logIn } = await guestHost(t, (user, item) => { seen.push([user.email, item]); return {} })
  const cookies = await logIn()
  const item = { entityType: 'dashboard', entityId: 1 } as const
  for (const customContext of ['tab-2', { tab: 2, deep: { er: [null] } }, ['a']]) {
    await askAsEmbedJs(app, { ...item, customContext }, cookies)
    t.same(seen.pop(), [ANN.email, { ...item, customContext }])
  }
  await askAsEmbedJs(app, item, cookies)
  t.strictSame(seen, [[ANN.email, item]], 'embed.js leaves out an attribute that is not there')
})

t.test('a visitor gets 401, and authorize is not asked', async t => {
  let asked = 0
  const { app } = await guestHost(t, () => { asked++; return {} })
  const response = await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 })
  t.equal(response.statusCode, 401)
  t.match(response.json(), { status: 'error', message: 'not authenticated', code: 'METABASE_SSO_NOT_AUTHENTICATED' })
  t.equal(asked, 0)
})

t.test('the log says what was given out, and nothing that must not be there', async t => {
  const { app, logs, logIn } = await guestHost(t)
  const cookies = await logIn()
  await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, cookies)
  t.match(logs.filter(({ msg }) => /Metabase/.test(msg)), [
    { level: 30, msg: 'issued a guest token for Metabase', entityType: 'dashboard', entityId: 1, durationMs: Number }
  ])
})

t.test('without the option there is no such route', async t => {
  const { app, logIn } = await startHost(t)
  t.equal((await askAsEmbedJs(app, { entityType: 'dashboard', entityId: 1 }, await logIn())).statusCode, 404)
})

t.test('there is no answer to GET or HEAD', async t => {
  const { app, logIn } = await guestHost(t)
  const cookies = await logIn()
  for (const method of ['GET', 'HEAD'] as const) {
    t.equal(
      (await app.inject({ method, url: '/sso/metabase/guest', cookies })).statusCode, 404
    )
  }
})
