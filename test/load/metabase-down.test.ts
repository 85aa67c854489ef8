import t from 'tap'
import metabaseSso from '../../index.js'
import { setClock } from '../helpers/clock.js'
import { asAnn, atComputers, lightHost, outcome } from '../helpers/exchange.js'
import { NAVIGATION, ORIGIN, SECRET, standIn, startHost } from '../helpers/host.js'

const UNAVAILABLE = ['METABASE_SSO_UNAVAILABLE', 503]

t.test('while Metabase is down people are told at once, and it is not asked', async t => {
  const clock = setClock(t, performance)
  const host = await startHost(t, { options: { loginUrl: '/login' } })
  const { app, metabase, logs } = host
  app.get('/other', async () => 'fine')
  const cookies = await host.logIn()
  metabase.fail('gateway-503')
  const ask = async () => await app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })
  t.strictSame((await atComputers(host, 30)).map(outcome), Array(30).fill(['METABASE_SSO_GATEWAY_FAILED', 502]))
  clock.ahead += 1000
  t.strictSame(outcome(await ask()), ['METABASE_SSO_GATEWAY_FAILED', 502], 'after a second of it')
  const before = metabase.requests.length
  t.match(logs.filter(({ msg }) => /^Metabase /.test(String(msg))), [{ level: 50, msg: /down/, err: { code: 'METABASE_SSO_GATEWAY_FAILED' } }])

  const response = await ask()
  t.equal(response.statusCode, 503)
  t.match(response.headers, { 'retry-after': '1', 'cache-control': 'no-store', 'access-control-allow-origin': ORIGIN })
  t.strictSame(response.json(), { status: 'error', message: 'authentication failed', error: 'Metabase is not available at the moment. Please try again.', code: 'METABASE_SSO_UNAVAILABLE' })
  t.match(logs.findLast(({ err }) => err !== undefined), { level: 40, msg: /status 503/, err: { code: 'METABASE_SSO_UNAVAILABLE', hint: String, stack: undefined } })
  t.strictSame((await atComputers(host, 20)).map(outcome), Array(20).fill(UNAVAILABLE))
  t.equal(metabase.requests.length, before)

  t.match((await app.inject({ url: '/sso/metabase?response=json', cookies })).json(), { jwt: String }, 'a JWT takes no Metabase')
  t.match((await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })).headers, { location: /\/auth\/sso\?jwt=/ }, 'nor does a redirect')
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_NOT_AUTHENTICATED', 401])
  t.equal((await app.inject('/other')).body, 'fine')

  for (let second = 1; second <= 2; second++) {
    clock.ahead += 1000
    t.strictSame((await atComputers(host, 5)).map(outcome), [['METABASE_SSO_GATEWAY_FAILED', 502], ...Array(4).fill(UNAVAILABLE)])
    t.equal(metabase.requests.length, before + second, 'one probe a second')
  }
  metabase.fail(null)
  t.strictSame(outcome(await ask()), UNAVAILABLE, 'it is not known yet that it is back')
  clock.ahead += 1000
  t.strictSame(outcome(await ask()), ['ok', 200])
  t.strictSame((await atComputers(host, 20)).map(outcome), Array(20).fill(['ok', 200]))
  t.match(logs.filter(({ msg }) => /^Metabase /.test(String(msg))).slice(1), [{ level: 30, msg: /answers again/, downMs: Number }])
})

t.test('a route of the host that signs in gets the same answer, and says when to come again', async t => {
  const { app, metabase } = await startHost(t, { options: { connections: 1, queue: 0, timeout: 300 } })
  app.get('/own', async () => await app.metabaseSso.exchange({ email: 'ann@example.com' }))
  metabase.fail('hang')
  const [, second] = await Promise.all([app.inject('/own'), app.inject('/own')])
  t.match(second, { statusCode: 503, headers: { 'retry-after': '1' } })
  t.equal(second.json().code, 'METABASE_SSO_OVERLOADED')
})

t.test('a Metabase that answers between failures is not down', async t => {
  const clock = setClock(t, performance)
  const host = await startHost(t)
  const signIn = await asAnn(host)
  const fail = async (failure: 'gateway-502' | 'account-needed' | 'wrong-secret', times: number) => {
    host.metabase.fail(failure)
    for (let i = 0; i < times; i++) {
      t.not(outcome(await signIn())[0], 'METABASE_SSO_UNAVAILABLE')
      clock.ahead += 200
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

t.test('who is turned away because too many wait does not make it count as up', async t => {
  const clock = setClock(t, performance)
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, { connections: 1, queue: 1, timeout: 100 })
  const ask = async () => outcome(await app.inject('/sso/metabase'))
  metabase.fail('hang')
  let late = 0
  while (late < 10) {
    const codes = (await Promise.all([ask(), ask(), ask()])).map(([code]) => code)
    t.ok(codes.includes('METABASE_SSO_OVERLOADED'), codes.join())
    late += codes.filter(code => code === 'METABASE_SSO_TIMEOUT').length
    clock.ahead += 200
  }
  t.strictSame(await ask(), UNAVAILABLE)
})

t.test('each instance has a count of its own', async t => {
  const clock = setClock(t, performance)
  const eu = await standIn(t)
  const { app, metabase, logIn } = await startHost(t, {
    after: app => { app.register(metabaseSso, { secret: SECRET, instanceUrl: eu.url, namespace: 'eu', path: '/eu' }) }
  })
  const cookies = await logIn()
  metabase.fail('reset')
  for (let i = 0; i < 10; i++) {
    await app.inject({ url: '/sso/metabase', cookies })
    clock.ahead += 200
  }
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), UNAVAILABLE)
  t.strictSame(outcome(await app.inject({ url: '/eu', cookies })), ['ok', 200])
})
