import Fastify from 'fastify'
import t from 'tap'
import { createCallPolicy } from '../../lib/metabase/call-policy.js'
import { outcome } from '../helpers/exchange.js'
import { ORIGIN, startHost, type Cookies } from '../helpers/host.js'
import { ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { holdTimers, stopClock } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const TIMEOUT = 7000
const MAX_WAIT = TIMEOUT / 2

const OVERLOADED = ['METABASE_SSO_OVERLOADED', 503]
const TIMED_OUT = ['METABASE_SSO_TIMEOUT', 504]

t.test('the route answers 503 beyond connections and queue, and when to come again', async t => {
  const timers = holdTimers(t, TIMEOUT, MAX_WAIT)
  const host = await startHost(t, { options: { connections: 2, queue: 3, timeout: TIMEOUT } })
  const { app, metabase, logIn, logs } = host
  const sessions = await Promise.all(Array.from({ length: 8 }, async () => await logIn()))
  metabase.fail('hang')
  const ended: Array<[code: string, status: number]> = []
  const responses = Promise.all(sessions.map(async cookies => {
    const response = await app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })
    ended.push(outcome(response))
    return response
  }))
  await until(() => ended.length === 3)
  t.strictSame(ended, Array(3).fill(OVERLOADED), 'those beyond the queue without waiting')
  t.strictSame([timers.waiting(MAX_WAIT), timers.waiting(TIMEOUT)], [3, 5])
  timers.run(MAX_WAIT)
  await until(() => ended.length === 6)
  t.strictSame(ended.slice(3), Array(3).fill(OVERLOADED), 'those in the queue when half of their time is over')
  await until(() => metabase.requests.length === 2)
  timers.run(TIMEOUT)
  await until(() => ended.length === 8)
  t.strictSame(ended.slice(6), Array(2).fill(TIMED_OUT))
  for (const response of (await responses).filter(({ statusCode }) => statusCode === 503)) {
    const expected = { 'retry-after': '1', 'cache-control': 'no-store', 'access-control-allow-origin': ORIGIN }
    t.match(response.headers, expected)
    t.match(response.json(), { status: 'error', message: 'authentication failed' })
  }
  const overloaded = logs.filter(({ err }) => (err as { code?: string } | undefined)?.code === OVERLOADED[0])
  t.match(overloaded, Array(6).fill({ level: 40, err: { hint: String, stack: undefined } }))
  t.equal(metabase.requests.length, 2, 'those that waited for a connection were never sent')

  metabase.fail(null)
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies: sessions[0] ?? {} })), ['ok', 200])
})

t.test('the plugin sends nothing to Metabase for which too little time is left', async t => {
  const timers = holdTimers(t, TIMEOUT, MAX_WAIT)
  const held: Array<() => void> = []
  const toSession: Reply = (response, request) => held.push(() => signedIn(response, request))
  const own = await ownMetabase(t, { to_session: toSession })
  const options = { connections: 2, queue: 50, timeout: TIMEOUT, instanceUrl: own.url }
  const { app, logIn } = await startHost(t, { options })
  const sessions = await Promise.all(Array.from({ length: 40 }, async () => await logIn()))
  const codes: string[] = []
  const all = Promise.all(sessions.map(async cookies => {
    codes.push(outcome(await app.inject({ url: '/sso/metabase', cookies }))[0])
  }))
  const answerTwo = async () => {
    await until(() => held.length === 2)
    for (const answer of held.splice(0)) answer()
  }
  await until(() => timers.waiting(MAX_WAIT) === 38)
  for (let round = 0; round < 3; round++) await answerTwo()
  await until(() => held.length === 2)
  timers.run(MAX_WAIT)
  await until(() => codes.length === 38)
  await answerTwo()
  await all
  t.equal(codes.filter(code => code === 'ok').length, 8)
  t.equal(codes.filter(code => code === OVERLOADED[0]).length, 32)
  t.equal(own.steps.filter(step => step === 'to_session').length, 8)
})

t.test('the plugin never opens more connections than it may', async t => {
  const own = await ownMetabase(t, { to_session: signedIn })
  const { app, logIn } = await startHost(t, { options: { connections: 3, timeout: 60_000, instanceUrl: own.url } })
  const sessions = await Promise.all(Array.from({ length: 30 }, async () => await logIn()))
  const ask = async (cookies: Cookies) => await app.inject({ url: '/sso/metabase', cookies })
  const responses = await Promise.all(sessions.map(ask))
  t.strictSame(responses.map(outcome), Array(30).fill(['ok', 200]))
  t.equal(own.connections, 3)
})

t.test('the plugin and the host go on with their other answers under overload', async t => {
  const timers = holdTimers(t, TIMEOUT, MAX_WAIT)
  const { app, metabase, logIn } = await startHost(t, { options: { connections: 1, queue: 1, timeout: TIMEOUT } })
  app.get('/other', async () => 'fine')
  const [cookies, ...others] = [await logIn(), await logIn(), await logIn()]
  metabase.fail('hang')
  const ended: Array<[code: string, status: number]> = []
  const waiting = Promise.all(others.map(async cookies => {
    ended.push(outcome(await app.inject({ url: '/sso/metabase', cookies })))
  }))
  await until(() => metabase.requests.length > 0 && timers.waiting(MAX_WAIT) === 1)
  t.equal((await app.inject('/other')).body, 'fine')
  t.match((await app.inject({ url: '/sso/metabase?response=json', cookies })).json(), { jwt: String })
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), OVERLOADED)
  timers.run(MAX_WAIT)
  await until(() => ended.length === 1)
  timers.run(TIMEOUT)
  await waiting
  t.strictSame(ended, [OVERLOADED, TIMED_OUT])
})

/** A call policy with one connection, at a Metabase that is never asked. */
function createPolicy (queue: number) {
  const transport = async () => t.fail('nothing is sent') as never
  return createCallPolicy(transport, { timeout: TIMEOUT, connections: 1, queue }, Fastify().log)
}

t.test('the queue keeps a call with less time left for half of that time', async t => {
  const clock = stopClock(t, performance)
  const timers = holdTimers(t, TIMEOUT, 4000, 2000)
  const policy = createPolicy(1)
  const second = policy.exchange('bob', 'bob@example.com')
  await second(async () => clock.pass(3000))
  const first = policy.exchange('ann', 'ann@example.com')(async () => await new Promise(() => {}))
  const waiting = second(async () => t.fail('there is no room'))
  await until(() => timers.waiting(2000) === 1)
  t.strictSame([timers.waiting(TIMEOUT), timers.waiting(4000)], [1, 1])
  timers.run(2000)
  await t.rejects(waiting, { code: 'METABASE_SSO_OVERLOADED', message: /half of its time/ })
  timers.run(TIMEOUT)
  await t.rejects(first, { code: 'METABASE_SSO_TIMEOUT' })
})

t.test('the call policy aborts the signal of a call when its time is over', async t => {
  const timers = holdTimers(t, TIMEOUT)
  let signal: AbortSignal | undefined
  const call = createPolicy(0).exchange('ann', 'ann@example.com')
  const result = call(async (_dispatch, given) => { signal = given; await new Promise(() => {}) })
  await until(() => signal !== undefined)
  t.equal(signal?.aborted, false)
  timers.run(TIMEOUT)
  await t.rejects(result, { code: 'METABASE_SSO_TIMEOUT' })
  t.match(signal, { aborted: true, reason: { code: 'METABASE_SSO_TIMEOUT' } })
})
