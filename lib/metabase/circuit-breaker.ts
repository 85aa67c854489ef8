import { errorCodes, MetabaseSsoError, metabaseStateOf } from '../errors.js'

/**
 * Runs the work, unless Metabase is down.
 * @throws METABASE_SSO_UNAVAILABLE
 */
export type CircuitBreaker = <T>(work: () => Promise<T>) => Promise<T>

/** Failures in a row after which the circuit opens. */
const MAX_FAILURES = 10

/** Milliseconds for which they have to go on: a restart makes many requests fail at once, and is over soon. */
const MIN_FAILING_MS = 1000

/** Milliseconds after which a failure is of another outage. */
const FORGOTTEN_AFTER_MS = 60_000

/** Milliseconds between two probes while the circuit is open. */
const PROBE_EVERY_MS = 1000

/** Reports when the circuit opens and closes. */
export interface CircuitListener {
  opened (error: MetabaseSsoError): void
  /** @param ms how long it was open */
  closed (ms: number): void
}

/**
 * Rejects calls while Metabase is down. One call a second is let through as a probe, and the first answer closes the
 * circuit.
 * @param now milliseconds of a clock that never goes back
 */
export function createCircuitBreaker (
  listener: CircuitListener, now: () => number = () => performance.now()
): CircuitBreaker {
  let failures = 0
  let failingSince = 0
  let failedLast = 0
  let nextProbe = 0
  let lastError: MetabaseSsoError | undefined

  const isOpen = (): boolean => failures >= MAX_FAILURES && failedLast - failingSince >= MIN_FAILING_MS

  function onAnswer (): void {
    if (isOpen()) listener.closed(now() - failingSince)
    failures = 0
  }

  function onError (error: unknown, isProbe: boolean): void {
    const state = error instanceof MetabaseSsoError ? metabaseStateOf(error) : 'unknown'
    if (state === 'answered') onAnswer()
    else if (state === 'down') onFailure(error as MetabaseSsoError)
    else if (isProbe) nextProbe = now() // it has learned nothing: the next call is a probe
  }

  function onFailure (error: MetabaseSsoError): void {
    const wasOpen = isOpen()
    if (!wasOpen && now() - failedLast > FORGOTTEN_AFTER_MS) failures = 0
    // Calls that were under way when the circuit opened may fail for a while: that does not put off the next probe.
    if (!wasOpen) nextProbe = now() + PROBE_EVERY_MS
    if (failures === 0) failingSince = now()
    failures++
    failedLast = now()
    lastError = error
    if (!wasOpen && isOpen()) listener.opened(error)
  }

  return work => {
    const isProbe = isOpen()
    if (isProbe) {
      if (now() < nextProbe) {
        return Promise.reject(new errorCodes.METABASE_SSO_UNAVAILABLE(String(lastError?.message), { cause: lastError }))
      }
      nextProbe = now() + PROBE_EVERY_MS
    }
    const result = work()
    result.then(onAnswer, error => onError(error, isProbe))
    return result
  }
}
