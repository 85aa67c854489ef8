import t from 'tap'
import { errorCodes } from '../../lib/errors.js'
import { createCircuitBreaker } from '../../lib/metabase/circuit-breaker.js'

/** A breaker with a clock that only the test moves. */
function setUp () {
  let ms = 0
  let asked = 0
  const told: unknown[] = []
  const listener = { opened: (error: Error) => told.push(error), closed: (ms: number) => told.push(ms) }
  const breaker = createCircuitBreaker(listener, () => ms)
  const run = async (error?: Error) => await breaker(async () => {
    asked++
    if (error !== undefined) throw error
    return 'in'
  }).catch((error: { code?: string }) => error.code ?? 'other')
  return {
    breaker,
    run,
    told,
    asked: () => asked,
    pass: (time: number) => { ms += time },
    async fail (times: number) { for (let i = 0; i < times; i++) await run(new errorCodes.METABASE_SSO_TIMEOUT(1)) },
    /** The tenth failure in a row comes a second after the first. */
    async goDown () {
      await this.fail(9)
      ms += 1000
      await this.fail(1)
    }
  }
}

const UNAVAILABLE = 'METABASE_SSO_UNAVAILABLE'

t.test('the circuit breaker opens at the tenth failure in a row, of whichever kinds', async t => {
  const { run, asked, pass, fail } = setUp()
  await fail(6)
  pass(1000)
  await run(new errorCodes.METABASE_SSO_UNREACHABLE('ECONNREFUSED'))
  await run(new errorCodes.METABASE_SSO_TLS_FAILED('EPROTO'))
  await run(new errorCodes.METABASE_SSO_GATEWAY_FAILED(503))
  t.equal(await run(new errorCodes.METABASE_SSO_UNREACHABLE('ECONNREFUSED')), 'METABASE_SSO_UNREACHABLE')
  t.equal(asked(), 10)
  t.equal(await run(), UNAVAILABLE)
  t.equal(asked(), 10, 'nothing was tried')
})

t.test('the circuit breaker stays closed when all fails within a second: a restart', async t => {
  const { run, pass, fail } = setUp()
  await fail(200)
  t.equal(await run(), 'in')
  await fail(100)
  pass(999)
  await fail(100)
  t.equal(await run(), 'in')
})

t.test('the circuit breaker does not add up failures that are minutes apart', async t => {
  const { run, pass, fail } = setUp()
  await fail(9)
  pass(61_000)
  await fail(1)
  t.equal(await run(), 'in')
})

t.test('the open circuit breaker lets one call a second through; a success closes it', async t => {
  const breaker = setUp()
  const { run, asked, pass, fail } = breaker
  await breaker.goDown()
  pass(999)
  t.equal(await run(), UNAVAILABLE)
  for (let second = 1; second <= 3; second++) {
    pass(1)
    await fail(1)
    t.equal(asked(), 10 + second)
    t.equal(await run(), UNAVAILABLE, 'its failure keeps it open')
    pass(999)
    t.equal(await run(), UNAVAILABLE, 'for a second')
  }
  pass(1)
  t.strictSame(await Promise.all([run(), run()]), ['in', UNAVAILABLE], 'one, not each that comes then')
  t.strictSame(await Promise.all([run(), run()]), ['in', 'in'])
  await fail(9)
  t.equal(await run(), 'in', 'and the count begins anew')
})

t.test('a call from before the circuit breaker opened does not put off its next probe', async t => {
  const set = setUp()
  const { breaker, run, pass } = set
  let late: (error: Error) => void = () => {}
  const underWay = breaker(async () => await new Promise((_resolve, reject) => { late = reject }))
  await set.goDown()
  pass(900)
  late(new errorCodes.METABASE_SSO_TIMEOUT(1))
  await t.rejects(underWay, { code: 'METABASE_SSO_TIMEOUT' })
  pass(100)
  t.equal(await run(), 'in')
})

for (const [what, error] of Object.entries({
  'a success': undefined,
  'a refusal of the secret': new errorCodes.METABASE_SSO_SECRET_REFUSED(),
  'a refusal of the account': new errorCodes.METABASE_SSO_ACCOUNT_REFUSED(),
  "an error of Metabase's own": new errorCodes.METABASE_SSO_STATUS_UNEXPECTED(500)
})) {
  t.test(`the circuit breaker takes ${what} for an answer of Metabase`, async t => {
    const breaker = setUp()
    const { run, pass, fail } = breaker
    await fail(9)
    pass(1000)
    await run(error)
    await fail(9)
    t.equal(await run(), 'in', 'between failures')
    await breaker.goDown()
    pass(1000)
    await run(error)
    t.equal(await run(), 'in', 'as a probe')
  })
}

for (const [what, error] of Object.entries({
  'a queue that is full': new errorCodes.METABASE_SSO_OVERLOADED('the queue is full'),
  'another circuit breaker that is open': new errorCodes.METABASE_SSO_UNAVAILABLE('status 503'),
  'a fault of our own': new TypeError('x is not a function')
})) {
  t.test(`the circuit breaker learns nothing from ${what}`, async t => {
    const { run, asked, pass, fail } = setUp()
    for (let i = 0; i < 20; i++) await run(error)
    await fail(9)
    pass(1000)
    await run(error)
    t.equal(asked(), 30, 'it is no failure')
    await fail(1)
    t.equal(await run(), UNAVAILABLE, 'and no success')
    pass(1000)
    await run(error)
    t.equal(await run(), 'in', 'as a probe it leaves it to the next call to find out')
  })
}

t.test('the error of the open circuit breaker says what happened last', async t => {
  const { breaker, fail, pass, run } = setUp()
  await fail(9)
  pass(1000)
  const last = new errorCodes.METABASE_SSO_GATEWAY_FAILED(503)
  await run(last)
  await t.rejects(breaker(async () => 'in'), { code: UNAVAILABLE, message: /status 503/, cause: last })
})

t.test('the circuit breaker reports once that it opens, and once how long it was open', async t => {
  const set = setUp()
  const { run, told, pass, fail } = set
  await set.goDown()
  t.match(told, [{ code: 'METABASE_SSO_TIMEOUT' }])
  await run()
  pass(1000)
  await fail(1)
  pass(1000)
  await Promise.all([run(), run()])
  await run()
  t.match(told, [{ code: 'METABASE_SSO_TIMEOUT' }, 3000])

  await set.goDown()
  pass(1000)
  await run(new errorCodes.METABASE_SSO_SECRET_REFUSED())
  t.match(told.slice(2), [{ code: 'METABASE_SSO_TIMEOUT' }, 2000], 'a refusal is an answer, too')
})

t.test('calls from before the circuit breaker opened let no other call through', async t => {
  const set = setUp()
  const { breaker, run, asked, fail } = set
  const rejectors: Array<(error: Error) => void> = []
  const wait = async () => await new Promise((_resolve, reject) => rejectors.push(reject))
  const underWay = Array.from({ length: 5 }, async () => await breaker(wait))
  await set.goDown()
  const before = asked()
  for (const reject of rejectors) reject(new errorCodes.METABASE_SSO_OVERLOADED('it waited for half of its time'))
  await Promise.allSettled(underWay)
  t.equal(await run(), UNAVAILABLE)
  t.equal(asked(), before)
  await fail(1)
  t.equal(asked(), before)
})
