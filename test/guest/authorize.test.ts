import t from 'tap'
import metabaseSso, { type GuestParams } from '../../index.js'
import { askAsEmbedJs, EMBEDDING_SECRET, guestHost, shows } from '../helpers/guest.js'
import { SECRET, startHost } from '../helpers/host.js'
import { stopClock } from '../helpers/standing-clock.js'

const dashboard = { entityType: 'dashboard', entityId: 1 }
const forbidden = () => { throw Object.assign(new Error('not your region'), { statusCode: 403 }) }
const broken = () => { throw new Error('db is down') }

/** What authorize does, and the answer. */
const answers: Record<string, [authorize: () => unknown, status: number, code: string]> = {
  'returns false': [() => false, 403, 'METABASE_SSO_GUEST_NOT_AUTHORIZED'],
  'returns null': [() => null, 403, 'METABASE_SSO_GUEST_NOT_AUTHORIZED'],
  'returns nothing': [() => {}, 403, 'METABASE_SSO_GUEST_NOT_AUTHORIZED'],
  'resolves to false': [async () => false, 403, 'METABASE_SSO_GUEST_NOT_AUTHORIZED'],
  'throws an error of status 403': [forbidden, 403, 'METABASE_SSO_GUEST_NOT_AUTHORIZED'],
  'throws another error': [broken, 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  rejects: [async () => broken(), 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns params that throw when they are read': [
    () => ({ get region () { return broken() } }), 500, 'METABASE_SSO_AUTHORIZE_FAILED'
  ],
  'throws an error of status 500': [() => {
    throw Object.assign(new Error('db is down'), { statusCode: 500 })
  }, 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns true, which names no params': [() => true, 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns a string': [() => 'yes', 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns an array': [() => [], 500, 'METABASE_SSO_AUTHORIZE_FAILED'],
  'returns params that Metabase would refuse': [
    () => ({ region: { is: 'north' } }), 500, 'METABASE_SSO_GUEST_PARAMS_INVALID'
  ]
}

for (const [name, [authorize, status, code]] of Object.entries(answers)) {
  t.test(`when authorize ${name}, the answer is ${status} and there is no token`, async t => {
    const { app, logs, logIn } = await guestHost(t, authorize as () => GuestParams)
    const response = await askAsEmbedJs(app, dashboard, await logIn())
    t.equal(response.statusCode, status)
    t.match(response.json(), { status: 'error', message: 'authentication failed', code })
    t.notMatch(response.body, /eyJ|db is down|region/)
    t.match(
      logs.filter(({ err }) => err !== undefined), [{ level: status === 403 ? 30 : 50, err: { code, hint: String } }]
    )
  })
}

t.test('the log says that true names no locked params, and what to return', async t => {
  const { app, logs, logIn } = await guestHost(t, (() => true) as unknown as () => GuestParams)
  await askAsEmbedJs(app, dashboard, await logIn())
  t.match(logs.find(({ err }) => err !== undefined), {
    msg: /`guest\.authorize` did not decide: it returned true, which names no locked params$/,
    err: {
      hint: /^Return from `guest\.authorize` the locked params as an object, \{\} for an item without any, or false\. (?!.*`allow)/
    }
  })
})

t.test('the log says of another value that it is neither an object nor false', async t => {
  const { app, logs, logIn } = await guestHost(t, (() => 'yes') as unknown as () => GuestParams)
  await askAsEmbedJs(app, dashboard, await logIn())
  t.match(logs.find(({ err }) => err !== undefined), { msg: /it returned neither an object nor false$/ })
})

t.test('the log says how long a guest token took, the functions of the app included', async t => {
  const clock = stopClock(t, performance)
  const { app, logs, logIn } = await guestHost(t, () => { clock.pass(25); return {} })
  await askAsEmbedJs(app, dashboard, await logIn())
  t.match(logs.find(({ entityId }) => entityId !== undefined), { entityId: 1, durationMs: 25 })
})

t.test('a public endpoint asks authorize about visitors, too', async t => {
  const seen: unknown[] = []
  const { app, metabase, logIn } = await startHost(
    t, { metabase: { embeddingSecret: EMBEDDING_SECRET }, options: false }
  )
  app.register(metabaseSso, {
    secret: SECRET,
    instanceUrl: metabase.url,
    guest: {
      secret: EMBEDDING_SECRET,
      public: true,
      authorize: (user, { entityId }) => { seen.push(user?.email ?? null); return entityId === 1 ? {} : false }
    }
  })
  t.match(await shows(metabase, 'dashboard', (await askAsEmbedJs(app, dashboard)).json().jwt), { id: 1 })
  t.equal((await askAsEmbedJs(app, { ...dashboard, entityId: 2 })).statusCode, 403)
  t.equal((await askAsEmbedJs(app, dashboard, await logIn())).statusCode, 200)
  t.same(seen, [null, null, 'ann@example.com'])
})

t.test('a public endpoint does not take a getUser that breaks for a visitor', async t => {
  const { app, metabase } = await startHost(t, { options: false })
  app.register(metabaseSso, {
    secret: SECRET,
    instanceUrl: metabase.url,
    getUser: broken,
    guest: {
      secret: EMBEDDING_SECRET, public: true, authorize: () => ({})
    }
  })
  const response = await askAsEmbedJs(app, dashboard)
  t.match([response.statusCode, response.json()], [500, { code: 'METABASE_SSO_GET_USER_FAILED' }])
})

t.test('a token of the wrong secret is what Metabase says it is', async t => {
  const { app, metabase, logIn } = await guestHost(t)
  metabase.embeddingSecret = SECRET
  const { jwt } = (await askAsEmbedJs(app, dashboard, await logIn())).json()
  t.equal(await shows(metabase, 'dashboard', jwt), 'Message seems corrupt or manipulated')
})
