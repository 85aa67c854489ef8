import Fastify, { type FastifyInstance } from 'fastify'
import t, { type Test } from 'tap'
import metabaseSso, { type GuestOnlyOptions } from '../../index.js'
import { askAsEmbedJs, EMBEDDING_SECRET, shows } from '../helpers/guest.js'
import { ANN, standIn } from '../helpers/host.js'

const INSTANCE = 'https://metabase.example.com'
const item = { entityType: 'dashboard', entityId: 1 } as const
const guest = { secret: EMBEDDING_SECRET, public: true, authorize: () => ({}) }

/** A host app with guest embeds alone: no secret, no cookies, no sessions. */
function guestsAlone (t: Test, options: object = {}): FastifyInstance {
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(metabaseSso, { instanceUrl: INSTANCE, guest, ...options } as GuestOnlyOptions<unknown, true>)
  return app
}

t.test('guests alone need no secret, no getUser and no sessions where they are public', async t => {
  const metabase = await standIn(t, { embeddingSecret: EMBEDDING_SECRET })
  metabase.settings.edition = 'open-source' // which has guest embeds, too
  const app = guestsAlone(t, { instanceUrl: metabase.url })
  const { jwt } = (await askAsEmbedJs(app, item)).json()
  t.match(await shows(metabase, 'dashboard', jwt), { id: 1 })
  const signed = await app.metabaseSso.signGuest({ resource: { dashboard: 1 } })
  t.match(await shows(metabase, 'dashboard', signed), { id: 1 })
  t.strictSame(metabase.requests.filter(({ path }) => path.startsWith('/auth')), [])
})

t.test('guests alone register the guest route and no other', async t => {
  const app = guestsAlone(t)
  await app.ready()
  t.equal((await app.inject('/sso/metabase')).statusCode, 404)
  t.equal((await app.inject({ method: 'POST', url: '/sso/metabase/logout' })).statusCode, 404)
  t.equal((await askAsEmbedJs(app, item)).statusCode, 200)
})

t.test('guests alone sign no user in, and say so with a code', async t => {
  const app = guestsAlone(t)
  await app.ready()
  const expected = { code: 'METABASE_SSO_OPTION_OFF', statusCode: 500 }
  await t.rejects(app.metabaseSso.sign(ANN), { ...expected, message: 'signing in requires the option "secret"' })
  await t.rejects(app.metabaseSso.exchange(ANN), expected)
  await t.rejects(app.metabaseSso.ssoUrl(ANN), expected)
})

t.test('a secret that is undefined is a variable that is not set, not guests alone', async t => {
  const app = guestsAlone(t, { secret: undefined })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SECRET_INVALID', message: /"secret"/ })
})

t.test('without guest, a missing secret is missed', async t => {
  for (const options of [{ guest: undefined }, { guest: undefined, getUser: () => ANN }]) {
    const app = guestsAlone(t, options)
    await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SECRET_INVALID' })
  }
})

t.test('guests alone that are not public need to know who is signed in', async t => {
  const members = { ...guest, public: false }
  const app = guestsAlone(t, { guest: members })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SESSION_MISSING' })
  t.equal((await askAsEmbedJs(guestsAlone(t, { guest: members, getUser: () => null }), item)).statusCode, 401)
  t.equal((await askAsEmbedJs(guestsAlone(t, { guest: members, getUser: () => ANN }), item)).statusCode, 200)
})

t.test('guests alone take options of sign-ins that are off', async t => {
  await t.resolves(async () => await guestsAlone(t, { cache: false, logout: false, loginUrl: undefined }).ready())
})

const ofSignIns = {
  logout: true,
  cache: true,
  loginUrl: '/login',
  errorUrl: '/sorry',
  store: new Map<string, string>(),
  sessionId: () => 'a',
  mapUserToClaims: () => ({ email: ANN.email }),
  claimNames: { email: 'mail' },
  allowAdministrators: true,
  authorize: () => true,
  requireTenant: true,
  tokenLifetime: 60,
  routeConfig: {}
}
for (const [name, value] of Object.entries(ofSignIns)) {
  t.test(`guests alone refuse the option ${name}, which is for sign-ins`, async t => {
    const app = guestsAlone(t, { [name]: value })
    const message = new RegExp(`option "${name}" requires the option "secret"`)
    await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_OPTION_INVALID', message })
  })
}
