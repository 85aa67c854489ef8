import { errorCodes } from '../errors.js'
import { withTimeout } from '../timeout.js'
import { createCircuitBreaker } from './circuit-breaker.js'
import { createConcurrencyLimit } from './concurrency-limit.js'

interface CallOptions {
  /** The user session, or the user, that the call is for. */
  owner?: string
  /** Milliseconds that are left of the timeout; all of it by default. */
  timeLeft?: number
}

/**
 * Makes a call to Metabase: unless it is down, so many at a time, and within the timeout, in which waiting counts.
 * @param work stops when the signal is aborted
 * @throws METABASE_SSO_UNAVAILABLE, METABASE_SSO_OVERLOADED, METABASE_SSO_TIMEOUT
 */
export type CallPolicy = <T>(work: (signal: AbortSignal) => Promise<T>, options?: CallOptions) => Promise<T>

interface Log {
  error (details: object, message: string): void
  info (details: object, message: string): void
}

/** Calls that one owner may have under way: a page that sends and leaves must not fill the queue. */
const MAX_PER_OWNER = 8

/** @param options.timeout milliseconds */
export function createCallPolicy (
  { timeout, connections, queue }: { timeout: number, connections: number, queue: number }, log: Log
): CallPolicy {
  const breaker = createCircuitBreaker({
    opened: err => log.error({ err }, 'Metabase is down: calls are rejected until it answers'),
    closed: ms => log.info({ downMs: Math.round(ms) }, 'Metabase answers again')
  })
  const limit = createConcurrencyLimit(connections, queue)
  const underWay = new Map<string, { calls: number }>()

  function bounded<T> (work: (signal: AbortSignal) => Promise<T>, timeLeft: number): Promise<T> {
    const controller = new AbortController()
    return withTimeout(timeLeft, limit(controller.signal, () => work(controller.signal), timeLeft / 2), () => {
      const error = new errorCodes.METABASE_SSO_TIMEOUT(timeout)
      controller.abort(error)
      return error
    })
  }

  /** Counts the calls of an owner while they run. */
  async function limitOwner<T> (owner: string, call: () => Promise<T>): Promise<T> {
    const running = underWay.get(owner) ?? { calls: 0 }
    if (running.calls >= MAX_PER_OWNER) {
      throw new errorCodes.METABASE_SSO_OVERLOADED(`${MAX_PER_OWNER} exchanges of the same user are under way`)
    }
    underWay.set(owner, running)
    running.calls++
    try {
      return await call()
    } finally {
      if (--running.calls === 0) underWay.delete(owner)
    }
  }

  return (work, { owner, timeLeft = timeout } = {}) => {
    const call = () => breaker(() => bounded(work, Math.max(1, timeLeft)))
    return owner === undefined ? call() : limitOwner(owner, call)
  }
}
