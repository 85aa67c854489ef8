import t from 'tap'
import { setClock } from '../helpers/clock.js'
import { asAnn, lightHost, outcome } from '../helpers/exchange.js'
import { SECRET, standIn, startHost } from '../helpers/host.js'
import { until } from '../helpers/until.js'

const HOUR = 3_600_000

for (const [direction, ahead, code] of [
  ['ahead', HOUR, undefined], // Metabase takes an iat in the future
  ['back', -HOUR, /TOKEN_TOO_OLD|TOKEN_EXPIRED/]
] as const) {
  t.test(`the clock jumps an hour ${direction}: ${code === undefined
    ? 'sign-ins work'
    : 'the error says so'}`, async t => {
    const clock = setClock(t, Date)
    const host = await startHost(t, { metabase: { now: clock.real } })
    const signIn = await asAnn(host)
    t.strictSame(outcome(await signIn()), ['ok', 200])
    clock.ahead = ahead
    for (let i = 0; i < 12; i++) t.match(outcome(await signIn()), code === undefined ? ['ok', 200] : [code, 502])
    const hint = host.logs.findLast(({ err }) => err !== undefined)?.err
    t.match(hint, code === undefined ? undefined : { hint: /clocks differ/ })
    clock.ahead = 0
    t.strictSame(outcome(await signIn()), ['ok', 200], 'at once: a Metabase that refuses is not down')
  })

  t.test(`a clock that jumps an hour ${direction} changes no wait that is under way`, { timeout: 10_000 }, async t => {
    const clock = setClock(t, Date)
    const metabase = await standIn(t, { now: clock.real })
    let users = 0
    const app = await lightHost(t, metabase, { timeout: 300, getUser: () => ({ email: `user${++users}@example.com` }) })
    metabase.fail('hang')
    const began = performance.now()
    const waiting = Promise.all([1, 2, 3].map(async () => {
      const response = await app.inject('/sso/metabase')
      return [...outcome(response), performance.now() - began]
    }))
    await until(() => metabase.requests.length >= 3)
    clock.ahead = ahead
    for (const [code, status, took] of await waiting) {
      t.strictSame([code, status], ['METABASE_SSO_TIMEOUT', 504])
      t.ok(Number(took) >= 290 && Number(took) < 1500, `${took} ms`)
    }
  })

  t.test(`the clock jumps an hour ${direction}: a secret is kept for five seconds, as before`, async t => {
    const [clock, steady] = [setClock(t, Date), setClock(t, performance)]
    let calls = 0
    const app = await lightHost(t, { url: 'http://metabase.invalid' }, { secret: () => { calls++; return SECRET } })
    const sign = async () => await app.metabaseSso.sign({ email: 'ann@example.com' })
    await sign()
    clock.ahead = ahead
    await sign()
    t.equal(calls, 1)
    steady.ahead += 5000
    await sign()
    t.equal(calls, 2)
  })

  t.test(`a clock that jumps an hour ${direction} does not change the probes`, async t => {
    const [clock, steady] = [setClock(t, Date), setClock(t, performance)]
    const metabase = await standIn(t, { now: () => Date.now() })
    let users = 0
    const app = await lightHost(t, metabase, { getUser: () => ({ email: `user-${++users}@example.com` }) })
    metabase.fail('gateway-503')
    for (let i = 0; i < 9; i++) await app.inject('/sso/metabase')
    steady.ahead += 1000
    await app.inject('/sso/metabase')
    metabase.fail(null)
    clock.ahead = ahead
    t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_UNAVAILABLE', 503])
    steady.ahead += 1000
    t.strictSame(outcome(await app.inject('/sso/metabase')), ['ok', 200])
  })
}

t.test('the plugin reuses a session by the clock: not past half of its life', async t => {
  const clock = setClock(t, Date)
  const host = await startHost(t, { metabase: { now: () => Date.now() }, options: { cache: true, tokenLifetime: 600 } })
  const signIn = await asAnn(host)
  const { id, exp } = (await signIn()).json()
  t.equal((await signIn()).json().id, id)

  clock.ahead = HOUR
  const later = (await signIn()).json()
  t.not(later.id, id)
  t.ok(later.exp >= exp + 3600)
  t.equal((await signIn()).json().id, later.id)

  clock.ahead = 0
  t.strictSame(outcome(await signIn()), ['ok', 200])
  t.equal(host.metabase.logins, 2, 'the later one lives on')
})
