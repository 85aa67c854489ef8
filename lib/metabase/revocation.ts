import { errorCodes } from '../errors.js'
import type { CallPolicy } from './call-policy.js'
import { createConcurrencyLimit } from './concurrency-limit.js'
import { errorOf, isNotFound } from './error-mapping.js'
import { isSessionId, isSuccess, typeName } from './responses.js'
import type { Transport } from './transport.js'

/** Ends sessions at one Metabase instance. */
export interface Revocation {
  /**
   * Ends a session. One that is over already counts as ended.
   * @throws METABASE_SSO_SESSION_ID_MISSING, and errors of status 502, 503 and 504
   */
  revoke (sessionId: string): Promise<void>
  /**
   * Ends as many of these sessions as can be ended within the timeout.
   * @returns those that are over, and the first failure of the others
   */
  revokeAll (sessionIds: readonly string[]): Promise<{ ended: string[], failure: unknown }>
}

/** Requests that logouts make at a time, all together: Metabase has sign-ins to serve. */
const MAX_CONCURRENT = 10

export function createRevocation (transport: Transport, policy: CallPolicy): Revocation {
  const limit = createConcurrencyLimit(MAX_CONCURRENT)

  async function end (id: string, signal: AbortSignal): Promise<void> {
    const headers = { 'x-metabase-session': id }
    const response = await transport({ method: 'DELETE', path: '/api/session', headers, credential: id }, signal)
    // Anything else is of something in front of Metabase, which knows of no sessions.
    const isOver = response.status === 204 || (response.status === 404 && isNotFound(response))
    if (isOver) return
    throw isSuccess(response)
      ? new errorCodes.METABASE_SSO_ANSWER_NOT_JSON(typeName(response))
      : errorOf(response, 'other')
  }

  async function revoke (id: string): Promise<void> {
    // Metabase would answer as for a session that is over; and a text that no header holds would fail like a network.
    if (!isSessionId(id)) throw new errorCodes.METABASE_SSO_SESSION_ID_MISSING()
    await policy(signal => end(id, signal))
  }

  async function revokeAll (ids: readonly string[]): Promise<{ ended: string[], failure: unknown }> {
    if (ids.length === 0) return { ended: [], failure: undefined }
    const ended: string[] = []
    let failure: unknown
    try {
      await policy(async signal => {
        const waiting = ids.values()
        const endInTurn = async (): Promise<void> => {
          for (const id of waiting) {
            await limit(signal, () => end(id, signal)).then(() => ended.push(id), error => { failure ??= error })
          }
        }
        await Promise.all(Array.from({ length: MAX_CONCURRENT }, endInTurn))
        if (ended.length === 0 && failure !== undefined) throw failure // so that the circuit breaker learns of it
      })
    } catch (error) { // or the time is over, the queue is full, or Metabase is down
      failure = error
    }
    return { ended: [...ended], failure }
  }

  return { revoke, revokeAll }
}
