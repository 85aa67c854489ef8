import t from 'tap'
import metabaseSso from '../../index.js'
import { asAnn, atComputers, lightHost, outcome } from '../helpers/exchange.js'
import { NAVIGATION, ORIGIN, SECRET, standIn, startHost } from '../helpers/host.js'
import { holdTimers, stopClock } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const UNAVAILABLE = ['METABASE_SSO_UNAVAILABLE', 503]

t.test('the route answers at once while Metabase is down, without asking it', async t => {
  const clock = stopClock(t, performance)
  const host = await startHost(t, { options: { loginUrl: '/login' } })
  const { app, metabase, logs } = host
  app.get('/other', async () => 'fine')
  const cookies = await host.logIn()
  metabase.fail('gateway-503')
  const ask = async () => await app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })
  t.strictSame((await atComputers(host, 30)).map(outcome), Array(30).fill(['METABASE_SSO_GATEWAY_FAILED', 502]))
  clock.pass(1000)
  t.strictSame(outcome(await ask()), ['METABASE_SSO_GATEWAY_FAILED', 502], 'after a second of it')
  const before = metabase.requests.length
  const ofMetabase = () => logs.filter(({ msg }) => /^Metabase (is down|answers)/.test(msg))
  t.match(ofMetabase(), [{ level: 50, msg: /down/, err: { code: 'METABASE_SSO_GATEWAY_FAILED' } }])

  const response = await ask()
  t.equal(response.statusCode, 503)
  t.match(response.headers, { 'retry-after': '1', 'cache-control': 'no-store', 'access-control-allow-origin': ORIGIN })
  t.strictSame(response.json(), {
    status: 'error',
    message: 'authentication failed',
    error: 'Metabase is not available at the moment. Please try again.',
    code: 'METABASE_SSO_UNAVAILABLE'
  })
  t.match(logs.findLast(({ err }) => err !== undefined), {
    level: 40, msg: /status 503/, err: { code: 'METABASE_SSO_UNAVAILABLE', hint: String, stack: undefined }
  })
  t.strictSame((await atComputers(host, 20)).map(outcome), Array(20).fill(UNAVAILABLE))
  t.equal(metabase.requests.length, before)

  const { body } = await app.inject({ url: '/sso/metabase?response=json', cookies })
  t.match(JSON.parse(body), { jwt: String }, 'a JWT takes no Metabase')
  const { headers } = await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })
  t.match(headers, { location: /\/auth\/sso\?jwt=/ }, 'nor does a redirect')
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_NOT_AUTHENTICATED', 401])
  t.equal((await app.inject('/other')).body, 'fine')

  for (let second = 1; second <= 2; second++) {
    clock.pass(1000)
    const outcomes = (await atComputers(host, 5)).map(outcome)
    t.strictSame(outcomes, [['METABASE_SSO_GATEWAY_FAILED', 502], ...Array(4).fill(UNAVAILABLE)])
    t.equal(metabase.requests.length, before + second, 'one probe a second')
  }
  metabase.fail(null)
  t.strictSame(outcome(await ask()), UNAVAILABLE, 'it is not known yet that it is back')
  clock.pass(1000)
  t.strictSame(outcome(await ask()), ['ok', 200])
  t.strictSame((await atComputers(host, 20)).map(outcome), Array(20).fill(['ok', 200]))
  t.match(ofMetabase().slice(1), [{ level: 30, msg: /answers again/, downMs: 4000 }])
})

t.test('the plugin lets no sign-in wait for a connection while Metabase is down', async t => {
  const clock = stopClock(t, performance)
  const timers = holdTimers(t, 7000)
  const host = await startHost(t, { options: { connections: 1, timeout: 7000 } })
  const { metabase } = host
  metabase.fail('gateway-503')
  await atComputers(host, 9)
  clock.pass(1000)
  await atComputers(host, 1)
  clock.pass(1000)
  metabase.fail('hang')
  const before = metabase.requests.length
  const probe = atComputers(host, 1)
  await until(() => metabase.requests.length > before)
  t.strictSame((await atComputers(host, 5)).map(outcome), Array(5).fill(UNAVAILABLE))
  timers.run(7000)
  t.strictSame((await probe).map(outcome), [['METABASE_SSO_TIMEOUT', 504]])
})

t.test('the plugin gives a route of the host the same error, with `Retry-After`', async t => {
  const timers = holdTimers(t, 7000)
  const { app, metabase } = await startHost(t, { options: { connections: 1, queue: 0, timeout: 7000 } })
  app.get('/own', async () => await app.metabaseSso.exchange({ email: 'ann@example.com' }))
  metabase.fail('hang')
  const first = app.inject('/own')
  await until(() => metabase.requests.length === 1)
  const second = await app.inject('/own')
  t.match(second, { statusCode: 503, headers: { 'retry-after': '1' } })
  t.equal(second.json().code, 'METABASE_SSO_OVERLOADED')
  timers.run(7000)
  t.match([(await first).statusCode, (await first).json()], [504, { code: 'METABASE_SSO_TIMEOUT' }])
})

t.test('the plugin does not take a Metabase that answers between failures for down', async t => {
  const clock = stopClock(t, performance)
  const host = await startHost(t)
  const signIn = await asAnn(host)
  const fail = async (failure: 'gateway-502' | 'account-needed' | 'wrong-secret', times: number) => {
    host.metabase.fail(failure)
    for (let i = 0; i < times; i++) {
      t.not(outcome(await signIn())[0], 'METABASE_SSO_UNAVAILABLE')
      clock.pass(200)
    }
  }
  for (const answer of ['account-needed', 'wrong-secret'] as const) {
    await fail('gateway-502', 9)
    await fail(answer, 1)
  }
  await fail('gateway-502', 9)
  host.metabase.fail(null)
  t.strictSame(outcome(await signIn()), ['ok', 200])
})

t.test('the plugin does not take what its queue rejects for an answer of Metabase', async t => {
  const clock = stopClock(t, performance)
  const metabase = await standIn(t)
  const timers = holdTimers(t, 7000, 3500)
  let users = 0
  const getUser = () => ({ email: `user-${++users}@example.com` })
  const app = await lightHost(t, metabase, { connections: 1, queue: 1, timeout: 7000, getUser })
  const ask = async () => outcome(await app.inject('/sso/metabase'))
  metabase.fail('hang')
  for (let round = 0; round < 10; round++) {
    const codes: string[] = []
    const asking = Promise.all([1, 2, 3].map(async () => codes.push((await ask())[0])))
    await until(() => codes.length === 1)
    timers.run(3500)
    await until(() => codes.length === 2)
    clock.pass(3500) // for which the first went unanswered
    timers.run(7000)
    await asking
    t.strictSame(codes, ['METABASE_SSO_OVERLOADED', 'METABASE_SSO_OVERLOADED', 'METABASE_SSO_TIMEOUT'])
  }
  t.strictSame(await ask(), UNAVAILABLE)
})

t.test('the plugin counts failures for each instance', async t => {
  const clock = stopClock(t, performance)
  const eu = await standIn(t)
  const { app, metabase, logIn } = await startHost(t, {
    after: app => { app.register(metabaseSso, { secret: SECRET, instanceUrl: eu.url, namespace: 'eu', path: '/eu' }) }
  })
  const [cookies, others] = [await logIn(), await logIn({ email: 'bob@example.com' })]
  metabase.fail('reset')
  for (let i = 0; i < 10; i++) {
    await app.inject({ url: '/sso/metabase', cookies: i % 2 === 0 ? cookies : others })
    clock.pass(200)
  }
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), UNAVAILABLE)
  t.strictSame(outcome(await app.inject({ url: '/eu', cookies })), ['ok', 200])
})
