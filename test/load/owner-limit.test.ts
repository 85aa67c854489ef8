import Fastify from 'fastify'
import t, { type Test } from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import { createCallPolicy } from '../../lib/metabase/call-policy.js'
import { outcome } from '../helpers/exchange.js'
import { ANN, startHost, type AppUser } from '../helpers/host.js'
import { ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const OVERLOADED = ['METABASE_SSO_OVERLOADED', 503]
const BOB = { email: 'bob@example.com' }

/** A host app at a Metabase that answers JWTs when it is told to. */
async function setUp (t: Test, options: Partial<MetabaseSsoOptions<AppUser>> = {}) {
  let held: Array<() => void> | undefined = []
  const toSession: Reply = (response, request) => {
    if (held === undefined) signedIn(response, request)
    else held.push(() => signedIn(response, request))
  }
  const own = await ownMetabase(t, { to_session: toSession })
  const host = await startHost(t, { options: { instanceUrl: own.url, ...options } })
  host.app.get('/own', async request => await host.app.metabaseSso.exchange(ANN, request))
  host.app.get('/touched', async request => {
    Object.assign(request.session, { lastSeen: 1 })
    return await host.app.metabaseSso.exchange(ANN, request)
  })
  await host.app.ready()
  return {
    ...host,
    posts: () => own.steps.filter(step => step === 'to_session').length,
    answer () {
      for (const reply of held ?? []) reply()
      held = undefined
    }
  }
}

const times = async <T>(count: number, run: (n: number) => Promise<T>): Promise<T[]> =>
  await Promise.all(Array.from({ length: count }, async (_, n) => await run(n)))

t.test('the plugin refuses the ninth exchange of one user at a time, and no other user', async t => {
  const { app, posts, answer } = await setUp(t)
  const ofAnn = times(8, async () => await app.metabaseSso.exchange(ANN))
  await until(() => posts() === 8)
  const message = /8 exchanges of the same user are/
  const overloaded = { code: 'METABASE_SSO_OVERLOADED', statusCode: 503, message }
  await t.rejects(app.metabaseSso.exchange(ANN), overloaded)
  const ofBob = app.metabaseSso.exchange(BOB)
  await until(() => posts() === 9)
  answer()
  t.match(await ofAnn, Array(8).fill({ status: 'ok' }))
  t.match(await ofBob, { status: 'ok' })
  t.match(await times(8, async () => await app.metabaseSso.exchange(ANN)), Array(8).fill({ status: 'ok' }), 'all again')
})

t.test('the plugin counts exchanges by user where each request gets a new session', async t => {
  const { app, posts, answer } = await setUp(t)
  const underWay = times(8, async () => await app.inject('/touched'))
  await until(() => posts() === 8)
  t.strictSame(outcome(await app.inject('/touched')), OVERLOADED)
  answer()
  t.strictSame((await underWay).map(outcome), Array(8).fill(['ok', 200]))
})

t.test('the plugin counts exchanges by user session where there is one', async t => {
  const { app, logIn, posts, answer } = await setUp(t)
  const [one, other] = [await logIn(), await logIn()]
  const underWay = times(16, async n => await app.inject({ url: '/own', cookies: n < 8 ? one : other }))
  await until(() => posts() === 16)
  const ninth = await app.inject({ url: '/own', cookies: one })
  t.strictSame([ninth.json().code, ninth.statusCode, ninth.headers['retry-after']], [...OVERLOADED, '1'])
  const withoutSession = app.metabaseSso.exchange(ANN)
  await until(() => posts() === 17)
  answer()
  t.strictSame((await underWay).map(outcome), Array(16).fill(['ok', 200]))
  t.match(await withoutSession, { status: 'ok' })
})

t.test('the route counts exchanges for claims that change, and shares the others', async t => {
  let visit = 0
  let changes = true
  const mapUserToClaims = ({ email }: AppUser) => ({ email, visit: changes ? ++visit : 0 })
  const { app, logs, logIn, posts, answer } = await setUp(t, { mapUserToClaims })
  const cookies = await logIn()
  const ask = async () => outcome(await app.inject({ url: '/sso/metabase', cookies }))
  const underWay = times(8, ask)
  await until(() => posts() === 8)
  t.strictSame(await ask(), OVERLOADED)
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: OVERLOADED[0], hint: String } })
  answer()
  t.strictSame(await underWay, Array(8).fill(['ok', 200]))
  changes = false
  t.strictSame(await times(20, ask), Array(20).fill(['ok', 200]))
  t.equal(posts(), 9)
})

t.test('the plugin lets a user try again after exchanges that failed', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  metabase.fail('sso-disabled')
  for (let round = 0; round < 2; round++) {
    const results = await Promise.allSettled(Array.from({ length: 8 }, async () => await app.metabaseSso.exchange(ANN)))
    t.match(results, Array(8).fill({ status: 'rejected', reason: { code: 'METABASE_SSO_SSO_DISABLED' } }))
  }
})

t.test('the plugin goes on counting the exchanges of a user when one of them ends', async t => {
  const transport = async () => t.fail('nothing is sent') as never
  const policy = createCallPolicy(transport, { timeout: 60_000, connections: 20, queue: 0 }, Fastify().log)
  const ends: Array<() => void> = []
  const exchange = async () => await policy.exchange('ann', ANN.email)(async () =>
    await new Promise<void>(resolve => { ends.push(resolve) }))
  const calls = Array.from({ length: 8 }, exchange)
  await until(() => ends.length === 8)
  ends[0]?.()
  await calls[0]
  const ninth = exchange()
  await until(() => ends.length === 9)
  await t.rejects(exchange(), { code: 'METABASE_SSO_OVERLOADED' })
  for (const end of ends) end()
  await Promise.all([...calls, ninth])
})
