import { errorCodes, MetabaseSsoError, type MetabaseSsoErrorCode } from './errors.js'
import type { Gate } from './gate.js'

/** Failures in a row after which Metabase counts as down. */
export const DOWN_AFTER = 10

/** How often it is asked then. */
export const PROBE_EVERY_MS = 1000

/** What says that Metabase is down; every other answer says that it is there. */
const DOWN: ReadonlySet<MetabaseSsoErrorCode> = new Set<MetabaseSsoErrorCode>([
  'METABASE_SSO_UNREACHABLE', 'METABASE_SSO_TLS_FAILED', 'METABASE_SSO_GATEWAY_FAILED', 'METABASE_SSO_TIMEOUT'
])

/**
 * A circuit breaker: while Metabase is down, callers are turned away at once. One a second is let through to
 * see whether it is back, and the first success ends it.
 * @param now milliseconds of a clock that never goes back
 */
export function createBreaker (now: () => number = () => performance.now()): Gate {
  let failures = 0
  let last: MetabaseSsoError | undefined
  let nextProbe = 0

  function note (error: unknown): void {
    if (!(error instanceof MetabaseSsoError) || error.code === 'METABASE_SSO_CLIENT_GONE') return
    if (!DOWN.has(error.code)) {
      failures = 0
      return
    }
    failures++
    last = error
    nextProbe = now() + PROBE_EVERY_MS
  }

  return async work => {
    if (failures >= DOWN_AFTER) {
      if (now() < nextProbe) throw new errorCodes.METABASE_SSO_UNAVAILABLE(String(last?.message), { cause: last })
      nextProbe = now() + PROBE_EVERY_MS
    }
    try {
      const result = await work()
      failures = 0
      return result
    } catch (error) {
      note(error)
      throw error
    }
  }
}
