import t, { type Test } from 'tap'
import { errorCodes } from '../../lib/errors.js'
import { createCircuitBreaker } from '../../lib/metabase/circuit-breaker.js'
import type { Response } from '../../lib/metabase/transport.js'
import { stopClock } from '../helpers/standing-clock.js'

const UNAVAILABLE = 'METABASE_SSO_UNAVAILABLE'
const NO_ANSWER = new errorCodes.METABASE_SSO_UNREACHABLE('ECONNREFUSED')
const MIN_UNANSWERED = 500

const answer = (status: number): Response =>
  ({ status, headers: {}, type: '', body: '' })

/** What becomes of a request, and the user that it is for: by default another one each time. */
interface Request {
  result?: Response | Error | Promise<Response>
  user?: string | undefined
  isProbe?: boolean
  signal?: AbortSignal
}

/** A breaker with a clock that only the test moves. */
function setUp (t: Test) {
  const { pass } = stopClock(t, performance)
  let asked = 0
  const told: unknown[] = []
  const log = { error: (details: object) => told.push(details), info: (details: object) => told.push(details) }
  const breaker = createCircuitBreaker(log, MIN_UNANSWERED)

  async function run (request: Request = {}): Promise<string> {
    const { result = answer(200), isProbe = true, signal = new AbortController().signal } = request
    const user = 'user' in request ? request.user : `user-${asked}`
    try {
      breaker.check(user, isProbe)
      asked++
      const response = result instanceof Error ? Promise.reject(result) : Promise.resolve(result)
      breaker.observe(response, user, signal)
      await response
      return 'answered'
    } catch (error) {
      return (error as { code: string }).code
    }
  }

  return {
    breaker,
    run,
    told,
    pass,
    asked: () => asked,
    fail: async (times: number, user?: string) => {
      for (let i = 0; i < times; i++) await run({ result: NO_ANSWER, ...user !== undefined && { user } })
    },
    /** The tenth failure in a row comes a second after the first. */
    async goDown () {
      await this.fail(9)
      pass(1000)
      await this.fail(1)
    }
  }
}

/** A request that ends when the test says so. */
function pending () {
  let end: (result: Response | Error) => void = () => {}
  const result = new Promise<Response>((resolve, reject) => {
    end = result => result instanceof Error ? reject(result) : resolve(result)
  })
  return { result, end }
}

t.test('the circuit breaker opens at the tenth failure in a row, of whichever kinds', async t => {
  const { run, asked, pass, fail } = setUp(t)
  await fail(4)
  pass(1000)
  for (const status of [502, 503, 504]) await run({ result: answer(status) })
  await run({ result: new errorCodes.METABASE_SSO_TLS_FAILED('EPROTO') })
  await run({ result: new errorCodes.METABASE_SSO_TIMEOUT('UND_ERR_CONNECT_TIMEOUT') })
  t.equal(await run({ result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE')
  t.equal(asked(), 10)
  t.equal(await run(), UNAVAILABLE)
  t.equal(asked(), 10, 'nothing was tried')
})

t.test('the circuit breaker stays closed when all fails within a second: a restart', async t => {
  const { run, pass, fail } = setUp(t)
  await fail(200)
  t.equal(await run(), 'answered')
  await fail(100)
  pass(999)
  await fail(100)
  t.equal(await run(), 'answered')
})

t.test('the circuit breaker does not add up failures that are minutes apart', async t => {
  const { run, pass, fail } = setUp(t)
  await fail(9)
  pass(61_000)
  await fail(9)
  t.equal(await run(), 'answered')
})

t.test('the circuit breaker never opens for the failures of one user alone', async t => {
  const { run, pass, fail } = setUp(t)
  for (let i = 0; i < 50; i++) {
    await fail(1, 'ann@example.com')
    pass(200)
  }
  t.equal(await run(), 'answered')
  for (let i = 0; i < 50; i++) {
    await run({ result: NO_ANSWER, user: undefined })
    pass(200)
  }
  t.equal(await run(), 'answered', 'nor for those of logouts')
  await fail(9, 'bob@example.com')
  pass(1000)
  await run({ result: NO_ANSWER, user: undefined })
  t.equal(await run(), UNAVAILABLE, 'but for both')
})

t.test('the failures of one user alone open no circuit after a response either', async t => {
  const { run, pass, fail } = setUp(t)
  await run()
  await fail(9, 'ann@example.com')
  pass(1000)
  await fail(1, 'ann@example.com')
  t.equal(await run(), 'answered')
})

t.test('logouts have one probe a second of their own', async t => {
  const set = setUp(t)
  const { run, pass, fail } = set
  await set.goDown()
  pass(1000)
  await fail(1, 'user-0') // one of those that failed
  const logout = { user: undefined, isProbe: false }
  t.equal(await run({ ...logout, result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE')
  t.equal(await run(logout), UNAVAILABLE)
  t.equal(await run({ isProbe: false, result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE', 'that of others is left')
  pass(1000)
  t.equal(await run(logout), 'answered')
})

t.test('one user alone cannot keep the circuit breaker open', async t => {
  const set = setUp(t)
  const { run, pass, fail } = set
  await set.goDown()
  const bob = { user: 'user-0' } // one of those that failed
  for (let second = 1; second < 30; second++) {
    pass(1000)
    await fail(1, 'ann@example.com')
    t.equal(await run(bob), UNAVAILABLE)
  }
  pass(1000)
  await fail(1, 'ann@example.com')
  t.equal(await run({ ...bob, result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE', 'half a minute after the last of others')
  t.equal(await run({ ...bob, result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE', 'the probe of a circuit that opened again')
  t.equal(await run(bob), UNAVAILABLE)
  pass(1000)
  t.equal(await run(bob), 'answered')
  t.match(set.told, [{ err: { code: 'METABASE_SSO_UNREACHABLE' } }, { downMs: 32_000 }], 'reported once each')
})

t.test('two users whose requests alone fail open the circuit breaker once', async t => {
  const set = setUp(t)
  const { run, pass, fail } = set
  const failBoth = async () => {
    for (let i = 0; i < 6; i++) {
      await fail(1, 'ann@example.com')
      await fail(1, 'bob@example.com')
      pass(200)
    }
  }
  await failBoth()
  t.equal(await run({ user: undefined }), UNAVAILABLE, 'they may be the first to see that Metabase is down')
  pass(1000)
  await fail(1, 'ann@example.com')
  t.equal(await run({ user: undefined }), 'answered', 'their probes are not those of logouts')
  for (let time = 0; time < 20; time++) {
    await failBoth()
    t.equal(await run(), 'answered')
    t.equal(await run({ user: undefined }), 'answered')
  }
  await set.goDown()
  pass(1000)
  await fail(1, 'ann@example.com')
  t.equal(await run(), 'answered', 'nor those of others')
  pass(30_000)
  await failBoth()
  t.equal(await run(), UNAVAILABLE, 'it was half a minute ago that others were answered')
})

t.test('a user that was answered fails with the others again', async t => {
  const { run, pass, fail } = setUp(t)
  await fail(9, 'ann@example.com')
  await run()
  await run({ user: 'ann@example.com' })
  await fail(9, 'ann@example.com')
  pass(1000)
  await fail(1)
  t.equal(await run(), UNAVAILABLE)
})

t.test('users whose requests fail do not take the probes of others', async t => {
  const set = setUp(t)
  const { run, pass, fail } = set
  await fail(9, 'ann@example.com')
  pass(1000)
  await fail(1, 'bob@example.com')
  t.equal(await run({ user: 'carol@example.com', isProbe: false }), UNAVAILABLE)
  pass(1000)
  await fail(1, 'ann@example.com')
  t.equal(await run({ user: 'bob@example.com' }), UNAVAILABLE)
  t.equal(await run({ user: 'carol@example.com' }), 'answered')
  t.equal(await run({ user: 'bob@example.com' }), 'answered', 'the circuit is closed')
})

t.test('the circuit breaker keeps a bounded number of users that failed', async t => {
  const set = setUp(t)
  const { run, pass, fail } = set
  await set.goDown()
  for (let i = 0; i < 1200; i++) {
    pass(1000)
    await fail(1)
  }
  pass(1000)
  t.strictSame([await run({ result: NO_ANSWER }), await run()], ['METABASE_SSO_UNREACHABLE', UNAVAILABLE])
})

t.test('the circuit breaker keeps a bounded number of users that fail alone', async t => {
  const { run, pass, fail } = setUp(t)
  for (let round = 0; round < 3; round++) {
    for (let user = 0; user < 1000; user++) await fail(1, `${round}-${user}`)
    await run()
  }
  await fail(9, '0-0')
  pass(1000)
  await fail(1, '0-1')
  t.equal(await run(), UNAVAILABLE, 'it has forgotten the first that did')
})

t.test('the open circuit breaker lets one call a second through; an answer closes it', async t => {
  const breaker = setUp(t)
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
  t.strictSame(await Promise.all([run(), run()]), ['answered', UNAVAILABLE], 'one, not each that comes then')
  t.strictSame(await Promise.all([run(), run()]), ['answered', 'answered'])
  await fail(9)
  t.equal(await run(), 'answered', 'and the count begins anew')
})

t.test('a call that is no probe leaves the probe to the next; its end closes the circuit', async t => {
  const set = setUp(t)
  const { run, pass } = set
  await set.goDown()
  t.equal(await run({ isProbe: false }), UNAVAILABLE)
  pass(1000)
  t.equal(await run({ result: NO_ANSWER, isProbe: false }), 'METABASE_SSO_UNREACHABLE')
  t.equal(await run({ result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE', 'the probe')
  t.strictSame([await run(), await run({ isProbe: false })], [UNAVAILABLE, UNAVAILABLE])
  pass(1000)
  t.equal(await run({ isProbe: false }), 'answered')
  t.strictSame(await Promise.all([run(), run()]), ['answered', 'answered'])
})

t.test('a call from before the circuit breaker opened does not put off its next probe', async t => {
  const set = setUp(t)
  const { run, pass } = set
  const { result, end } = pending()
  const underWay = run({ result })
  await set.goDown()
  pass(900)
  end(NO_ANSWER)
  t.equal(await underWay, 'METABASE_SSO_UNREACHABLE')
  pass(100)
  t.equal(await run(), 'answered')
})

for (const [what, result] of Object.entries({
  'a success': answer(200),
  'a refusal': answer(400),
  'a refusal of the JWT': answer(401),
  "an error of Metabase's own": answer(500),
  'an answer that is too large': new errorCodes.METABASE_SSO_RESPONSE_TOO_LARGE()
})) {
  t.test(`the circuit breaker takes ${what} for an answer of Metabase`, async t => {
    const breaker = setUp(t)
    const { run, pass, fail } = breaker
    await fail(9)
    pass(1000)
    await run({ result })
    await fail(9)
    t.equal(await run(), 'answered', 'between failures')
    await breaker.goDown()
    pass(1000)
    await run({ result })
    t.equal(await run(), 'answered', 'as a probe')
  })
}

t.test('the circuit breaker counts a request that its deadline cuts off after a while', async t => {
  const { run, pass, fail } = setUp(t)
  const cutOffAfter = async (ms: number): Promise<void> => {
    const controller = new AbortController()
    const { result, end } = pending()
    const underWay = run({ result, signal: controller.signal })
    pass(ms)
    controller.abort(new errorCodes.METABASE_SSO_TIMEOUT('`timeout` is 1000 ms'))
    end(controller.signal.reason)
    await underWay
  }
  for (let i = 0; i < 20; i++) await cutOffAfter(MIN_UNANSWERED - 1)
  t.equal(await run(), 'answered', 'none that had less time than an answer may take')
  await fail(8)
  pass(1)
  await cutOffAfter(MIN_UNANSWERED - 1)
  await cutOffAfter(MIN_UNANSWERED)
  t.equal(await run({ result: NO_ANSWER }), 'METABASE_SSO_UNREACHABLE', 'the tenth')
  t.equal(await run(), UNAVAILABLE)
})

t.test('the error of the open circuit breaker says what happened last', async t => {
  const { breaker, fail, pass, run } = setUp(t)
  await fail(9)
  pass(1000)
  await run({ result: answer(503) })
  const cause = { code: 'METABASE_SSO_GATEWAY_FAILED' }
  t.throws(() => breaker.check(), { code: UNAVAILABLE, message: /status 503/, cause })
})

t.test('the circuit breaker reports once that it opens, and once how long it was open', async t => {
  const set = setUp(t)
  const { run, told, pass, fail } = set
  await set.goDown()
  t.match(told, [{ err: { code: 'METABASE_SSO_UNREACHABLE' } }])
  await run()
  pass(1000)
  await fail(1)
  pass(1000)
  await Promise.all([run(), run()])
  await run()
  t.match(told, [{ err: { code: 'METABASE_SSO_UNREACHABLE' } }, { downMs: 3000 }])

  await set.goDown()
  pass(1000)
  await run({ result: answer(401) })
  t.match(
    told.slice(2), [{ err: { code: 'METABASE_SSO_UNREACHABLE' } }, { downMs: 2000 }], 'a refusal is an answer, too'
  )
})
