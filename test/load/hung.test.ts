import t from 'tap'
import { setClock } from '../helpers/clock.js'
import { lightHost, outcome } from '../helpers/exchange.js'
import { standIn } from '../helpers/host.js'
import { until } from '../helpers/until.js'

const PEOPLE = 1000
const TIMEOUT = 1500

t.test(`${PEOPLE} people sign in at once at a Metabase that hangs: each is told in time, and the rest of the app goes on`, { timeout: 20_000 }, async t => {
  const clock = setClock(t, performance)
  const metabase = await standIn(t)
  const app = await lightHost(t, metabase, { timeout: TIMEOUT })
  metabase.fail('hang')

  const ask = async () => await app.inject('/sso/metabase')
  const counts: Record<string, number> = {}
  let slowest = 0
  let answered = 0
  const everybody = Promise.all(Array.from({ length: PEOPLE }, async () => {
    const began = performance.now()
    const [code, status] = outcome(await ask())
    slowest = Math.max(slowest, performance.now() - began)
    answered++
    counts[`${status} ${code}`] = (counts[`${status} ${code}`] ?? 0) + 1
  }))

  // Default: 64 connections and 500 who wait for one.
  await until(() => answered >= PEOPLE - 564)
  for (let i = 0; i < 5; i++) {
    const began = performance.now()
    t.match((await app.inject('/sso/metabase?response=json')).json(), { jwt: String })
    t.ok(performance.now() - began < TIMEOUT / 2)
  }
  t.equal(answered, PEOPLE - 564, 'those who were not let in know; the others wait')
  t.ok(metabase.requests.length <= 64)

  await everybody
  t.strictSame(counts, { '503 METABASE_SSO_OVERLOADED': PEOPLE - 64, '504 METABASE_SSO_TIMEOUT': 64 })
  t.ok(slowest < TIMEOUT + 1000, `${Math.round(slowest)} ms`)

  metabase.fail('gateway-504')
  clock.ahead += 1000
  t.strictSame(outcome(await ask()), ['METABASE_SSO_GATEWAY_FAILED', 502])
  t.strictSame(outcome(await ask()), ['METABASE_SSO_UNAVAILABLE', 503], 'by now it counts as down')
  metabase.fail(null)
  clock.ahead += 1000
  t.strictSame(outcome(await ask()), ['ok', 200], 'when it works again, so do sign-ins')
  for (let round = 0; round < 5; round++) { // not all at once: a slow machine would need more than the half of TIMEOUT that people wait
    const outcomes = await Promise.all(Array.from({ length: 100 }, async () => outcome(await ask())))
    t.strictSame(outcomes.filter(([code]) => code !== 'ok'), [])
  }
})
