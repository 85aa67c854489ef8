import type { FastifyBaseLogger } from 'fastify'
import { createBreaker } from './circuit-breaker.js'
import { withDeadline, type Cancellation } from './deadline.js'
import { errorCodes } from '../errors.js'
import { createLimit } from './concurrency-limit.js'
import type { ResolvedOptions } from '../options/schema.js'

/**
 * Does something with Metabase: while it is not down, so many at a time, and within the timeout, in which waiting counts.
 * @param work stops when it is cancelled
 * @param gone when nobody waits for it any more
 * @param spent milliseconds of the timeout that are over
 * @throws METABASE_SSO_UNAVAILABLE, METABASE_SSO_OVERLOADED, METABASE_SSO_TIMEOUT, METABASE_SSO_CLIENT_GONE
 */
export type Guard = <T>(work: (cancellation: Cancellation) => Promise<T>, gone?: Cancellation, spent?: number) => Promise<T>

export function createGuard ({ timeout, connections, queue }: Pick<ResolvedOptions, 'timeout' | 'connections' | 'queue'>, log: FastifyBaseLogger): Guard {
  const breaker = createBreaker({
    down: err => log.error({ err }, 'Metabase is down: people are turned away until it answers'),
    up: ms => log.info({ downMs: Math.round(ms) }, 'Metabase answers again')
  })
  const limit = createLimit(connections, queue)
  const late = () => new errorCodes.METABASE_SSO_TIMEOUT(timeout)
  return (work, gone, spent = 0) => {
    const left = Math.max(1, timeout - spent) // timers may be late
    return breaker(() => withDeadline(left, cancellation => limit(cancellation, () => work(cancellation), left / 2), { gone, late }))
  }
}
