import { errorCodes } from '../errors.js'
import { withTimeout } from '../timeout.js'
import { createCircuitBreaker, type Log } from './circuit-breaker.js'
import { createConcurrencyLimit } from './concurrency-limit.js'
import type { Request, Response, Transport } from './transport.js'

/** Sends one request of a call. */
export type Dispatch = (request: Request) => Promise<Response>

/** Runs what is asked of Metabase until its deadline, at which the signal is aborted. */
type Call = <T>(work: (dispatch: Dispatch, signal: AbortSignal) => Promise<T>) => Promise<T>

/** The conditions of a call: Metabase is not down, at most `connections` run at a time, within the timeout. */
export interface CallPolicy {
  /**
   * Begins an exchange. Its calls, one request at a time, share the timeout, in which waiting counts.
   * @param owner the user session, or the user
   */
  exchange (owner: string, email: string): Call
  /** Ends Metabase sessions. Each of its requests waits until there is room. */
  logout: Call
}

/** Calls that one owner may have under way: a page that sends and leaves must not fill the queue. */
const MAX_PER_OWNER = 8

/** @param options.timeout milliseconds */
export function createCallPolicy (
  transport: Transport, options: { timeout: number, connections: number, queue: number }, log: Log
): CallPolicy {
  const { timeout, connections, queue } = options
  // An exchange that comes out of the queue has half of the timeout left, or more.
  const breaker = createCircuitBreaker(log, timeout / 2)
  const limit = createConcurrencyLimit(connections, queue)
  // Sign-ins have the other half.
  const logoutLimit = createConcurrencyLimit(Math.ceil(connections / 2))
  const underWay = new Map<string, { calls: number }>()

  function send (request: Request, signal: AbortSignal, email?: string): Promise<Response> {
    const response = transport(request, signal)
    breaker.observe(response, email, signal)
    return response
  }

  function withDeadline<T> (timeLeft: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const controller = new AbortController()
    return withTimeout(timeLeft, work(controller.signal), () => {
      const error = new errorCodes.METABASE_SSO_TIMEOUT(`\`timeout\` is ${timeout} ms`)
      controller.abort(error)
      return error
    })
  }

  return {
    exchange (owner, email) {
      let timeLeft = timeout
      return async work => {
        const running = underWay.get(owner) ?? { calls: 0 }
        if (running.calls >= MAX_PER_OWNER) {
          throw new errorCodes.METABASE_SSO_OVERLOADED(`${MAX_PER_OWNER} exchanges of the same user are under way`)
        }
        breaker.check(email)
        underWay.set(owner, running)
        running.calls++
        const began = performance.now()
        try {
          return await withDeadline(Math.max(1, timeLeft), signal => limit(signal, () => work(async request => {
            breaker.check(email, true) // again: the circuit may have opened meanwhile
            return await send(request, signal, email)
          }, signal), timeLeft / 2))
        } finally {
          timeLeft -= performance.now() - began
          if (--running.calls === 0) underWay.delete(owner)
        }
      }
    },
    async logout (work) {
      breaker.check() // and is no probe: sign-ins would have to wait for the next one
      return await withDeadline(timeout, signal => work(
        request => logoutLimit(signal, () => limit(signal, () => send(request, signal))), signal))
    }
  }
}
