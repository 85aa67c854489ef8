import { setImmediate as turn } from 'node:timers/promises'
import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import t, { type Test } from 'tap'
import metabaseSso, { type MetabaseSsoOptions } from '../../index.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { ANN, SECRET, standIn } from '../helpers/host.js'
import { holdTimers } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

type Store = NonNullable<MetabaseSsoOptions['store']>

const TWO_WEEKS = 14 * 24 * 60 * 60 * 1000

/** A store in the shape of Keyv, that answers later. */
function asyncStore () {
  const lives: number[] = []
  const texts = new Map<string, string>()
  return {
    texts,
    lives,
    async get (key: string) { await turn(); return texts.get(key) },
    async set (key: string, text: string, ttl: number) {
      await turn(); lives.push(ttl); texts.set(
        key, text
      ); return true
    },
    async delete (key: string) { await turn(); return texts.delete(key) }
  }
}

const BY_HEADER = ({ headers }: { headers: Record<string, unknown> }) => headers['x-session'] as string | undefined

interface Setup extends Partial<MetabaseSsoOptions> { store: Store, metabase?: MetabaseStandIn }

/** A host app without @fastify/session. */
async function hostOf (t: Test, { metabase, ...options }: Setup) {
  const upstream = metabase ?? await standIn(t)
  const warnings: Array<{ msg: string, err?: { code?: string, cause?: Error } }> = []
  const app = Fastify({ logger: { level: 'warn', stream: { write: line => { warnings.push(JSON.parse(line)) } } } })
  t.teardown(() => app.close())
  await app.register(metabaseSso, {
    secret: SECRET, instanceUrl: upstream.url, getUser: () => ANN, sessionId: BY_HEADER, logout: true, ...options
  })
  app.post('/own-logout', async request => await app.metabaseSso.revoke(request))
  return { app, metabase: upstream, warnings }
}

const of = (session?: string) => ({ headers: session === undefined ? {} : { 'x-session': session } })

const signIn = async (app: FastifyInstance, session?: string): Promise<LightMyRequestResponse> =>
  await app.inject({ url: '/sso/metabase', ...of(session) })

const signOut =
  async (app: FastifyInstance, session?: string, url = '/sso/metabase/logout'): Promise<LightMyRequestResponse> =>
    await app.inject({ method: 'POST', url, ...of(session) })

const stores: Record<string, () => Store> = { sync: () => new Map<string, string>(), async: asyncStore }

for (const [kind, makeStore] of Object.entries(stores)) {
  t.test(`the route ends what processes with one ${kind} store exchanged for a session`, async t => {
    const store = makeStore()
    const { app, metabase } = await hostOf(t, { store })
    const other = await hostOf(t, { store, metabase })
    for (const process of [app, other.app]) t.equal((await signIn(process, 'browser-1')).statusCode, 200)
    const { id: kept } = (await signIn(app, 'browser-2')).json()
    t.match((await signOut(other.app, 'browser-1')).json(), { ended: 2, remaining: 0 })
    t.strictSame([...metabase.sessions.keys()], [kept])
    t.match((await signOut(app, 'browser-2', '/own-logout')).json(), { ended: 1, remaining: 0 })
    t.equal(metabase.sessions.size, 0)
  })

  t.test(`the route reuses a session with \`cache\` and a ${kind} store`, async t => {
    const store = makeStore()
    const { app, metabase } = await hostOf(t, { store, cache: true, logout: false })
    const other = await hostOf(t, { store, metabase, cache: true, logout: false })
    const [first, second] = [await signIn(app, 'browser-1'), await signIn(other.app, 'browser-1')]
    t.equal(second.json().id, first.json().id)
    t.not((await signIn(app, 'browser-2')).json().id, first.json().id)
    t.equal(metabase.logins, 2)
  })
}

t.test('the plugin gives the store texts, their life in ms, and keys that hide the id', async t => {
  const store = asyncStore()
  const { app } = await hostOf(t, { store })
  const { id } = (await signIn(app, 'browser-1')).json()
  t.strictSame(store.lives, [TWO_WEEKS])
  const [[key = '', text = ''] = []] = [...store.texts]
  t.match(key, /^metabase-[\da-f]+$/)
  t.match(JSON.parse(text), { issued: [{ id }] })
})

t.test('a request without a session id signs in; the log warns once, the store is left', async t => {
  const store = asyncStore()
  const { app, warnings } = await hostOf(t, { store })
  for (const session of [undefined, undefined, '']) t.equal((await signIn(app, session)).statusCode, 200)
  t.match(warnings.map(({ msg }) => msg), [/will outlive a logout/])
  t.equal(store.texts.size, 0)
  t.match((await signOut(app)).json(), { ended: 0, remaining: 0 }, 'a visitor')
})

t.test('revoke(request) without a session id is METABASE_SSO_SESSION_GONE', async t => {
  const { app } = await hostOf(t, { store: asyncStore() })
  t.match((await signOut(app, undefined, '/own-logout')).json(), { code: 'METABASE_SSO_SESSION_GONE' })
})

t.test('a `sessionId` that returns null says that there is no session', async t => {
  const { app } = await hostOf(t, { store: asyncStore(), sessionId: (() => null) as unknown as () => undefined })
  t.equal((await signIn(app)).statusCode, 200)
  t.match((await signOut(app)).json(), { ended: 0, remaining: 0 })
})

t.test('a session may sign in and out again, of which the log says nothing', async t => {
  const { app, metabase, warnings } = await hostOf(t, { store: asyncStore() })
  for (let round = 0; round < 2; round++) {
    t.equal((await signIn(app, 'browser-1')).statusCode, 200)
    t.match((await signOut(app, 'browser-1')).json(), { ended: 1, remaining: 0 })
  }
  t.equal(metabase.sessions.size, 0)
  t.strictSame(warnings, [])
})

const wrong: Record<string, [sessionId: () => unknown, message: RegExp]> = {
  throws: [() => { throw new Error('no session here') }, /`sessionId` failed/],
  'returns a promise': [async () => 'browser-1', /returned neither a string nor undefined/],
  'returns a number': [() => 5, /returned neither a string nor undefined/]
}
for (const [name, [sessionId, message]] of Object.entries(wrong)) {
  t.test(`the route answers 500 to a sign-in and a logout when \`sessionId\` ${name}`, async t => {
    const { app, warnings } = await hostOf(t, { store: asyncStore(), sessionId: sessionId as () => string })
    for (const response of [await signIn(app), await signOut(app)]) {
      t.match([response.statusCode, response.json().code], [500, 'METABASE_SSO_SESSION_ID_FAILED'])
      t.notMatch(response.body, 'no session here')
    }
    if (name === 'throws') t.match(JSON.stringify(warnings), 'no session here', 'the log says why')
    await t.rejects(app.metabaseSso.exchange(ANN, { raw: {}, server: app } as never), { message })
  })
}

const TIMEOUT = 7000
const faults: Record<string, () => unknown> = {
  throws: () => { throw new Error('store is down') },
  rejects: () => Promise.reject(new Error('store is down')),
  'rejects with nothing': () => Promise.reject(), // eslint-disable-line prefer-promise-reject-errors
  'never answers': () => new Promise(() => {}),
  'holds no JSON': () => 'secret-id'
}
for (const [name, fault] of Object.entries(faults)) {
  t.test(`the route signs in with a store that ${name}, and does not sign out`, async t => {
    const timers = holdTimers(t, TIMEOUT)
    const store: Store = { get: fault, set: fault, delete: fault }
    const { app, warnings } = await hostOf(t, { store, timeout: TIMEOUT })
    const answer = async (request: Promise<LightMyRequestResponse>, calls: number) => {
      const hanging = name === 'never answers' ? calls : 0
      for (let call = 0; call < hanging; call++) {
        await until(() => timers.waiting(TIMEOUT) === 1)
        timers.run(TIMEOUT)
      }
      return await request
    }
    t.equal((await answer(signIn(app, 'browser-1'), 1)).statusCode, 200)
    t.match(warnings[0], { msg: /could not be remembered/, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
    const response = await answer(signOut(app, 'browser-1'), 1)
    t.match([response.statusCode, response.json().code], [500, 'METABASE_SSO_SESSION_STORE_FAILED'])
    t.notMatch(JSON.stringify(warnings), 'secret-id', 'no text of the store')
  })
}
