import t from 'tap'
import { createBreaker } from '../../lib/metabase/circuit-breaker.js'
import { errorCodes } from '../../lib/errors.js'

/** A breaker with a clock that only the test moves. */
function setUp () {
  let ms = 0
  let asked = 0
  const told: unknown[] = []
  const breaker = createBreaker({ down: error => told.push(error), up: ms => told.push(ms) }, () => ms)
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

t.test('the tenth failure in a row opens it, whichever kinds they are of', async t => {
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

t.test('however many fail within a second, that may be a restart', async t => {
  const { run, pass, fail } = setUp()
  await fail(200)
  t.equal(await run(), 'in')
  await fail(100)
  pass(999)
  await fail(100)
  t.equal(await run(), 'in')
})

t.test('failures that are minutes apart are not of one outage', async t => {
  const { run, pass, fail } = setUp()
  await fail(9)
  pass(61_000)
  await fail(1)
  t.equal(await run(), 'in')
})

t.test('then one a second is let through, and the first success closes it', async t => {
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
  t.strictSame(await Promise.all([run(), run()]), ['in', UNAVAILABLE], 'one, not all who come then')
  t.strictSame(await Promise.all([run(), run()]), ['in', 'in'])
  await fail(9)
  t.equal(await run(), 'in', 'and the count begins anew')
})

t.test('what was under way when it opened may fail later, and does not put off the next probe', async t => {
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
  t.test(`${what} shows that Metabase is there`, async t => {
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
  'a client that leaves': new errorCodes.METABASE_SSO_CLIENT_GONE(),
  'a line that is full': new errorCodes.METABASE_SSO_OVERLOADED(),
  'a fault of our own': new TypeError('x is not a function')
})) {
  t.test(`${what} says nothing of Metabase`, async t => {
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
    t.equal(await run(), 'in', 'as a probe it leaves it to the next to find out')
  })
}

t.test('its error says what happened last', async t => {
  const { breaker, fail, pass, run } = setUp()
  await fail(9)
  pass(1000)
  const last = new errorCodes.METABASE_SSO_GATEWAY_FAILED(503)
  await run(last)
  await t.rejects(breaker(async () => 'in'), { code: UNAVAILABLE, message: /status 503/, cause: last })
})

t.test('it tells when Metabase goes down, and for how long it was when it is back, once each', async t => {
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

t.test('those who were under way when it opened, and tell nothing, let nobody else through', async t => {
  const set = setUp()
  const { breaker, run, asked, fail } = set
  const leave: Array<(error: Error) => void> = []
  const underWay = Array.from({ length: 5 }, async () => await breaker(async () => await new Promise((_resolve, reject) => leave.push(reject))))
  await set.goDown()
  const before = asked()
  for (const reject of leave) reject(new errorCodes.METABASE_SSO_CLIENT_GONE())
  await Promise.allSettled(underWay)
  t.equal(await run(), UNAVAILABLE)
  t.equal(asked(), before)
  await fail(1)
  t.equal(asked(), before)
})
