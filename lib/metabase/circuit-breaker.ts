import { errorCodes, MetabaseSsoError } from '../errors.js'
import { isGatewayFailure } from './responses.js'
import type { Response } from './transport.js'

/** Rejects calls while Metabase is down. One call a second is a probe, and the first response closes the circuit. */
interface CircuitBreaker {
  /**
   * Lets a call through while the circuit is closed, or a probe is due.
   * @param user that it is for: an e-mail address; undefined for a logout
   * @param isProbe whether the next probe is due a second after this call
   */
  check (user?: string, isProbe?: boolean): void
  /**
   * Learns from one request.
   * @param user that it is for: an e-mail address; undefined for a logout
   * @param signal of the deadline
   */
  observe (response: Promise<Response>, user: string | undefined, signal: AbortSignal): void
}

export interface Log {
  error (details: object, message: string): void
  info (details: object, message: string): void
}

/** Failures in a row after which the circuit opens. */
const MAX_FAILURES = 10

/** Milliseconds for which they have to go on: a restart makes many requests fail at once, and is over soon. */
const MIN_FAILING_MS = 1000

/**
 * Milliseconds after which a failure counts no more. The requests of one user may fail alone: with claims so large that
 * a proxy resets the connection. Hence the circuit is open only while those of another user have failed lately, too.
 */
const FORGOTTEN_AFTER_MS = 30_000

/** Users of which the breaker knows that they failed. */
const MAX_FAILED_USERS = 1000

/** Milliseconds between two probes while the circuit is open. */
const PROBE_EVERY_MS = 1000

/** Without a response of Metabase. Any other error tells of one. */
const UNANSWERED: ReadonlySet<string> =
  new Set(['METABASE_SSO_UNREACHABLE', 'METABASE_SSO_TLS_FAILED', 'METABASE_SSO_TIMEOUT'])

/** @param minUnanswered milliseconds for which a request that its deadline cuts off must have waited to count */
export function createCircuitBreaker (log: Log, minUnanswered: number): CircuitBreaker {
  let failures = 0
  let failingSince = 0
  let failedLast = 0
  let lastError: MetabaseSsoError | undefined
  let lastUser: string | undefined
  /** When a request of any other user failed last. */
  let othersFailedLast = -Infinity
  /** Since the last response. Requests of any other user have probes apart, as these may fail by themselves. */
  const failedUsers = new Set<string | undefined>()
  /** Users whose requests failed while another user's was answered, and when it was: they do not count for a while. */
  const failedAlone = new Map<string | undefined, number>()
  const nextProbe = { ofFailed: 0, ofOthers: 0, ofLogouts: 0 }
  let isLogged = false

  const isOpen = (): boolean => failures >= MAX_FAILURES && failedLast - failingSince >= MIN_FAILING_MS &&
    performance.now() - othersFailedLast < FORGOTTEN_AFTER_MS

  const failsAlone = (user: string | undefined): boolean =>
    performance.now() - (failedAlone.get(user) ?? -Infinity) < FORGOTTEN_AFTER_MS

  function onResponse (user: string | undefined): void {
    if (failedAlone.size > MAX_FAILED_USERS) failedAlone.clear()
    for (const failed of failedUsers) {
      if (failed !== undefined && failed !== user) failedAlone.set(failed, performance.now())
    }
    failedAlone.delete(user)
    if (isLogged) log.info({ downMs: Math.round(performance.now() - failingSince) }, 'Metabase answers again')
    isLogged = false
    failures = 0
    failedUsers.clear()
    othersFailedLast = -Infinity
  }

  function onFailure (error: MetabaseSsoError, user: string | undefined): void {
    if (failsAlone(user)) return
    const now = performance.now()
    if (now - failedLast > FORGOTTEN_AFTER_MS) failures = 0
    if (failures === 0) failingSince = now
    else if (user !== lastUser) othersFailedLast = failedLast
    failures++
    if (failedUsers.size < MAX_FAILED_USERS) failedUsers.add(user)
    failedLast = now
    lastError = error
    lastUser = user
    if (isLogged || !isOpen()) return
    isLogged = true
    nextProbe.ofFailed = nextProbe.ofOthers = nextProbe.ofLogouts = now + PROBE_EVERY_MS
    log.error({ err: error }, 'Metabase is down: calls are rejected until it answers')
  }

  return {
    check (user, isProbe = false) {
      if (!isOpen()) return
      const now = performance.now()
      const known = failedUsers.has(user) || failsAlone(user) ? 'ofFailed' : 'ofOthers'
      const kind = user === undefined ? 'ofLogouts' : known
      if (now < nextProbe[kind]) {
        throw new errorCodes.METABASE_SSO_UNAVAILABLE(String(lastError?.message), { cause: lastError })
      }
      if (kind === 'ofLogouts') nextProbe.ofLogouts = now + PROBE_EVERY_MS
      if (!isProbe) return
      nextProbe.ofFailed = now + PROBE_EVERY_MS
      if (kind === 'ofOthers') nextProbe.ofOthers = nextProbe.ofFailed
    },
    observe (response, user, signal) {
      const began = performance.now()
      response.then(({ status }) => {
        if (isGatewayFailure(status)) onFailure(new errorCodes.METABASE_SSO_GATEWAY_FAILED(status), user)
        else onResponse(user)
      }, error => {
        // Of a request that had little time left, the end of that time says nothing.
        if (error === signal.reason && performance.now() - began < minUnanswered) return
        if (error instanceof MetabaseSsoError && UNANSWERED.has(error.code)) onFailure(error, user)
        else onResponse(user)
      })
    }
  }
}
