import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { standIn } from '../helpers/host.js'
import { holdTimers, stopClock } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const USERS = 1000
const TIMEOUT = 7000

t.test(`the route answers ${USERS} users while Metabase hangs, and the app goes on`, async t => {
  const clock = stopClock(t, performance)
  const timers = holdTimers(t, TIMEOUT, TIMEOUT / 2)
  const metabase = await standIn(t)
  let users = 0
  const getUser = () => ({ email: `user-${++users}@example.com` })
  const app = await lightHost(t, metabase, { timeout: TIMEOUT, getUser })
  metabase.fail('hang')

  const ask = async () => outcome(await app.inject('/sso/metabase'))
  const counts: Record<string, number> = {}
  let answered = 0
  const all = Promise.all(Array.from({ length: USERS }, async () => {
    const [code, status] = await ask()
    answered++
    counts[`${status} ${code}`] = (counts[`${status} ${code}`] ?? 0) + 1
  }))

  // Default: 64 connections, and 500 that wait for one.
  await until(() => answered >= USERS - 564)
  for (let i = 0; i < 5; i++) t.match((await app.inject('/sso/metabase?response=json')).json(), { jwt: String })
  t.equal(answered, USERS - 564, 'those that were not let in know; the others wait')
  t.strictSame([timers.waiting(TIMEOUT), timers.waiting(TIMEOUT / 2)], [564, 500])
  timers.run(TIMEOUT / 2)
  await until(() => answered === USERS - 64)
  t.strictSame(counts, { '503 METABASE_SSO_OVERLOADED': USERS - 64 })
  t.ok(metabase.requests.length <= 64)
  clock.pass(TIMEOUT)
  timers.run(TIMEOUT)
  await all
  t.strictSame(counts, { '503 METABASE_SSO_OVERLOADED': USERS - 64, '504 METABASE_SSO_TIMEOUT': 64 })

  metabase.fail('gateway-504')
  clock.pass(1000)
  t.strictSame(await ask(), ['METABASE_SSO_GATEWAY_FAILED', 502])
  t.strictSame(await ask(), ['METABASE_SSO_UNAVAILABLE', 503], 'by now it counts as down')
  metabase.fail(null)
  clock.pass(1000)
  t.strictSame(await ask(), ['ok', 200], 'when it works again, so do sign-ins')
  const outcomes = await Promise.all(Array.from({ length: 500 }, ask))
  t.strictSame(outcomes.filter(([code]) => code !== 'ok'), [])
})
