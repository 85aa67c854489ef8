import Fastify, { type LightMyRequestResponse } from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { besideSessions, storeRecord } from '../../lib/host/store.js'
import { SECRET, startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { holdTimers, type HeldTimers } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'
import { sessionIdIn } from './records.js'

type Fault = (callback: (error: Error) => void) => void

/** Fails for our records alone, so that the host goes on working. */
class FailingStore extends TextStore {
  fault: Fault | undefined

  override get (...[id, callback]: Parameters<TextStore['get']>): void {
    if (this.fault !== undefined && id.startsWith('metabase-')) return this.fault(callback)
    super.get(id, callback)
  }
}

const TIMEOUT = 7000

const faults: Record<string, Fault> = {
  'answers with an error': callback => callback(new Error('store is down')),
  throws: () => { throw new Error('store is down') },
  'never answers': () => {}
}

/** Waits for an answer, and lets the time of a store that never answers be over. */
async function answerOf (
  answer: Promise<LightMyRequestResponse>, name: string, timers: HeldTimers, calls: number
): Promise<LightMyRequestResponse> {
  const hanging = name === 'never answers' ? calls : 0
  for (let call = 0; call < hanging; call++) {
    await until(() => timers.waiting(TIMEOUT) === 1)
    timers.run(TIMEOUT)
  }
  return await answer
}

for (const [name, fault] of Object.entries(faults)) {
  t.test(`the route signs in with a store that ${name}; the log says what this means`, async t => {
    const timers = holdTimers(t, TIMEOUT)
    const store = new FailingStore()
    const options = { logout: true, timeout: TIMEOUT }
    const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options })
    const cookies = await logIn()
    store.fault = fault
    const response = await answerOf(app.inject({ url: '/sso/metabase', cookies }), name, timers, 1)
    t.equal(response.statusCode, 200)
    const warnings = logs.filter(({ err }) => err !== undefined)
    const err = { code: 'METABASE_SSO_SESSION_STORE_FAILED' }
    t.match(warnings, [{ level: 40, msg: /could not be remembered/, err }])
    t.equal(warnings.length, 1)

    const signedOut = await answerOf(logOut(app, cookies), name, timers, 1)
    t.match([signedOut.statusCode, signedOut.json()], [500, { code: 'METABASE_SSO_SESSION_STORE_FAILED' }])
    t.notMatch(signedOut.body, 'store is down')

    store.fault = undefined
    t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
    t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 }, 'it works again once the store does')
    t.equal(metabase.sessions.size, 1)
  })
}

t.test('the plugin takes ENOENT of a store of files for a record that is not there', async t => {
  const store = new TextStore()
  const get = store.get.bind(store)
  store.get = (id, callback) => {
    if (store.records.has(id)) get(id, callback)
    else callback(Object.assign(new Error('no such file'), { code: 'ENOENT' }))
  }
  const { app, metabase, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('the log says so when a store of files cannot write the record', async t => {
  const store = new TextStore()
  const { app, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  const set = store.set.bind(store)
  store.set = (id, record, callback) => {
    if (!id.startsWith('metabase-')) set(id, record, callback)
    else callback(Object.assign(new Error('no such folder'), { code: 'ENOENT' }))
  }
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.match(
    logs.filter(({ err }) => err !== undefined),
    [{ level: 40, msg: /could not be remembered/, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } }]
  )
})

t.test('the route answers 200 when the store does not let the record go', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  store.destroy = (_id, callback) => callback(new Error('read-only'))
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
  t.match(logs.find(({ err }) => err !== undefined), { level: 40, err: { code: 'METABASE_SSO_SESSION_STORE_FAILED' } })
})

t.test('the plugin logs no id when an error of the store quotes the record', async t => {
  const store = new TextStore()
  const { app, metabase, logs, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  const set = store.set.bind(store)
  store.set = (id, record, callback) => {
    if (!id.startsWith('metabase-')) return set(id, record, callback)
    const text = JSON.stringify(record)
    callback(Object.assign(new Error(`OOM: SET ${text}`), { command: { args: [text] } }))
  }
  await app.inject({ url: '/sso/metabase', cookies })
  t.match(logs.find(({ err }) => err !== undefined), { err: { message: /OOM/ } })
  for (const id of metabase.sessions.keys()) t.notMatch(JSON.stringify(logs), id)
})

t.test('the route takes nothing for a session that the plugin did not write so', async t => {
  const store = new TextStore()
  const { app, metabase, logIn } = await startHost(t, { session: { store }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const { key } = storeRecord({ id: sessionIdIn(store), store: besideSessions(store) }, [metabase.url], 1000)
  t.ok(store.records.has(key))
  const [id] = metabase.sessions.keys()
  for (const foreign of [
    'all', 7, null, [], [id], { issued: null }, { issued: id }, { issued: [id, null, 7, [id]] },
    { issued: [{ id }, { at: 1 }, { id: 7, at: 1 }, { id, at: '1' }] }
  ]) {
    store.records.set(key, JSON.stringify({ cookie: {}, metabase: foreign }))
    t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 0 }, JSON.stringify(foreign))
  }
  t.equal(metabase.sessions.size, 1)
  store.records.set(key, JSON.stringify({ cookie: {}, metabase: { issued: [7, { id, at: Date.now() }] } }))
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 }, 'what stands beside it is')
})

t.test('the plugin remembers and ends nothing where the cookie does not reach', async t => {
  const { app, metabase } = await startHost(t, {
    session: { cookie: { secure: false, path: '/elsewhere' } },
    options: { logout: true, getUser: () => ({ email: 'ann@example.com' }) }
  })
  t.equal((await app.inject('/sso/metabase')).statusCode, 200)
  t.match((await logOut(app, {})).json(), { ended: 0, remaining: 0 })
  t.equal(metabase.sessions.size, 1)
})

const minimal = { secret: SECRET, instanceUrl: 'https://metabase.example.com', getUser: () => null }

t.test('the plugin refuses `logout` without @fastify/session', async t => {
  const app = Fastify()
  app.register(metabaseSso, { ...minimal, logout: true })
  await t.rejects(async () => await app.ready(), { code: 'METABASE_SSO_SESSION_MISSING', message: /"logout"/ })
})
