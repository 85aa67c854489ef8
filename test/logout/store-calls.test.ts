import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { besideSessions, storeRecord } from '../../lib/host/store.js'
import { startHost, type Cookies, type Host } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { json, ownMetabase } from '../helpers/own-metabase.js'
import { sessionIdIn } from './records.js'

/** Counts calls for records of the plugin. */
class CountingStore extends TextStore {
  calls = 0

  /** @param records of the other process that shares them */
  constructor (override readonly records = new Map<string, string>()) {
    super()
  }

  override get (...args: Parameters<TextStore['get']>): void {
    this.#count(args[0])
    super.get(...args)
  }

  override set (...args: Parameters<TextStore['set']>): void {
    this.#count(args[0])
    super.set(...args)
  }

  override destroy (...args: Parameters<TextStore['destroy']>): void {
    this.#count(args[0])
    super.destroy(...args)
  }

  #count (key: string): void {
    if (key.startsWith('metabase-')) this.calls++
  }
}

/** Signs out, and returns how often the plugin called the store. */
async function callsOf ({ app }: Host, store: CountingStore, cookies: Cookies, report: object): Promise<number> {
  store.calls = 0
  t.match((await logOut(app, cookies)).json(), report)
  return store.calls
}

for (const cache of [false, true]) {
  t.test(`the route calls the store five times for any number of sessions (cache: ${cache})`, async t => {
    const store = new CountingStore()
    const host = await startHost(t, { session: { store }, options: { logout: true, cache } })
    const cookies = await host.logIn()
    const { id } = (await host.app.inject({ url: '/sso/metabase', cookies })).json()
    t.equal(await callsOf(host, store, cookies, { ended: 1, remaining: 0 }), 5)

    const session = { id: sessionIdIn(store), store: besideSessions(store) }
    const issued = Array.from({ length: 200 }, () => ({ id: randomUUID(), at: Date.now() }))
    await storeRecord(session, [host.metabase.url], 5000).write({ issued }, 60_000)
    t.equal(await callsOf(host, store, cookies, { ended: 200, remaining: 0 }), 5)
    t.notOk(host.metabase.sessions.has(id))
  })
}

/** Two processes that share a store. At the other, a page asks for a session as Metabase is to end one. */
async function twoProcesses (t: Test, mostPages: number) {
  let pages = 0
  const own = await ownMetabase(t, {
    to_session (response, request) {
      json(200, { status: 'ok', id: randomUUID(), iat: 1, exp: 9_999_999_999 })(response, request)
    },
    other (response, request) {
      const page = pages++ < mostPages ? signIn() : Promise.resolve()
      page.then(() => json(204, '')(response, request), error => t.fail(error))
    }
  })
  const store = new CountingStore()
  const options = { logout: true, instanceUrl: own.url }
  const host = await startHost(t, { session: { store }, options })
  const elsewhere = await startHost(t, { session: { store: new CountingStore(store.records) }, options })
  const cookies = await host.logIn()
  const signIn = async () => await elsewhere.app.inject({ url: '/sso/metabase', cookies })
  await signIn()
  return { host, store, cookies }
}

t.test('the route calls the store eight times when a session comes meanwhile', async t => {
  const { host, store, cookies } = await twoProcesses(t, 1)
  t.equal(await callsOf(host, store, cookies, { ended: 2, remaining: 0 }), 8)
})

t.test('the route calls the store eight times when sessions come again and again', async t => {
  const { host, store, cookies } = await twoProcesses(t, 2)
  t.equal(await callsOf(host, store, cookies, { ended: 2, remaining: 1 }), 8)
  t.equal(await callsOf(host, store, cookies, { ended: 1, remaining: 0 }), 5)
})

t.test('the route calls the store three times while Metabase is down', async t => {
  const store = new CountingStore()
  const host = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await host.logIn()
  await host.app.inject({ url: '/sso/metabase', cookies })
  host.metabase.fail('gateway-503')
  t.equal(await callsOf(host, store, cookies, { ended: 0, remaining: 1 }), 3)
})

t.test('the route does not call the store for a visitor', async t => {
  const store = new CountingStore()
  const host = await startHost(t, { session: { store }, options: { logout: true } })
  t.equal(await callsOf(host, store, {}, { ended: 0, remaining: 0 }), 0)
})

for (const [what, options, calls] of [
  ['four times to keep a session for `cache`, and once to find it', { cache: true }, [4, 1]],
  ['never without `cache` and `logout`', {}, [0, 0]]
] as const) {
  t.test(`the route calls the store ${what}`, async t => {
    const store = new CountingStore()
    const { app, logIn } = await startHost(t, { session: { store }, options })
    const cookies = await logIn()
    for (const expected of calls) {
      store.calls = 0
      t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
      t.equal(store.calls, expected)
    }
  })
}
