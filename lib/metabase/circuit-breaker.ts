import { errorCodes, MetabaseSsoError, type MetabaseSsoErrorCode } from '../errors.js'

/** Runs the work, unless that is of no use at the moment. */
export type Breaker = <T>(work: () => Promise<T>) => Promise<T>

/** Failures in a row after which Metabase counts as down, */
const DOWN_AFTER = 10

/** if they go on for so long: a restart makes many fail at once, and is over soon. */
const DOWN_AFTER_MS = 1000

/** Failures so far apart are not of one outage. */
const FORGOTTEN_AFTER_MS = 60_000

/** How often it is asked then. */
const PROBE_EVERY_MS = 1000

/** What says that Metabase is down. */
const DOWN: ReadonlySet<MetabaseSsoErrorCode> = new Set<MetabaseSsoErrorCode>([
  'METABASE_SSO_UNREACHABLE', 'METABASE_SSO_TLS_FAILED', 'METABASE_SSO_GATEWAY_FAILED', 'METABASE_SSO_TIMEOUT'
])

/** What says nothing of it. Every other answer says that it is there. */
const NEUTRAL: ReadonlySet<MetabaseSsoErrorCode> = new Set<MetabaseSsoErrorCode>(['METABASE_SSO_CLIENT_GONE', 'METABASE_SSO_OVERLOADED'])

/** Hears of it when Metabase goes down, and when it is back. */
export interface Watch {
  down (error: MetabaseSsoError): void
  /** @param ms how long it was down */
  up (ms: number): void
}

/**
 * A circuit breaker: while Metabase is down, callers are turned away at once. One a second is let through to
 * see whether it is back, and the first answer ends it.
 * @param now milliseconds of a clock that never goes back
 */
export function createBreaker (watch: Watch, now: () => number = () => performance.now()): Breaker {
  let failures = 0
  let failingSince = 0
  let failedLast = 0
  let nextProbe = 0
  let last: MetabaseSsoError | undefined

  function note (error: unknown, isProbe: boolean): void {
    if (!(error instanceof MetabaseSsoError) || NEUTRAL.has(error.code)) {
      if (isProbe) nextProbe = now() // it told nothing: the next who comes is one
      return
    }
    if (!DOWN.has(error.code)) return answered()
    const wasDown = isDown()
    if (!wasDown && now() - failedLast > FORGOTTEN_AFTER_MS) failures = 0
    // Those that are under way when it goes down may fail for a while yet: that does not put off the next probe.
    if (!wasDown) nextProbe = now() + PROBE_EVERY_MS
    if (failures === 0) failingSince = now()
    failures++
    failedLast = now()
    last = error
    if (!wasDown && isDown()) watch.down(error)
  }

  function answered (): void {
    if (isDown()) watch.up(now() - failingSince)
    failures = 0
  }

  const isDown = (): boolean => failures >= DOWN_AFTER && failedLast - failingSince >= DOWN_AFTER_MS

  return work => {
    const isProbe = isDown()
    if (isProbe) {
      if (now() < nextProbe) return Promise.reject(new errorCodes.METABASE_SSO_UNAVAILABLE(String(last?.message), { cause: last }))
      nextProbe = now() + PROBE_EVERY_MS
    }
    const result = work()
    result.then(answered, error => note(error, isProbe))
    return result
  }
}
