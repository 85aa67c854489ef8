import { isSessionId, isSuccess } from './responses.js'
import type { Cancellation } from './deadline.js'
import { errorCodes } from '../errors.js'
import { failureOf } from './error-mapping.js'
import type { Guard } from './call-policy.js'
import type { Send } from './transport.js'
import { createLimit } from './concurrency-limit.js'

/** Ending sessions at one Metabase instance. */
export interface Revocation {
  /** Ends a session; one that is over already is fine too. */
  revoke (sessionId: string): Promise<void>
  /**
   * Ends as many of these sessions as can be ended in time.
   * @returns those that are over, and what kept the others from it
   */
  revokeAll (sessionIds: readonly string[]): Promise<{ ended: string[], failure: unknown }>
}

/** Of those of `revokeAll`, whoever signs out: Metabase has others to serve. */
const AT_ONCE = 10

/** @param guard for each call as a whole */
export function createRevocation (send: Send, guard: Guard): Revocation {
  const inTurn = createLimit(AT_ONCE)

  async function end (sessionId: string, cancellation: Cancellation): Promise<void> {
    const answer = await send({ method: 'DELETE', path: '/api/session', headers: { 'x-metabase-session': sessionId } }, cancellation)
    // Metabase answers this in no HTML: that is of something in front of it, which knows of no sessions.
    const isOver = (isSuccess(answer) || answer.status === 401 || answer.status === 404) && answer.type !== 'text/html'
    if (!isOver) throw isSuccess(answer) ? new errorCodes.METABASE_SSO_ANSWER_NOT_JSON(answer.type) : failureOf(answer)
  }

  async function revoke (sessionId: string): Promise<void> {
    // Metabase would answer as it does for a session that is over; and what no header can hold would look like a failure of Metabase.
    if (!isSessionId(sessionId) || sessionId.length > 200) throw new errorCodes.METABASE_SSO_SESSION_ID_MISSING()
    await guard(cancellation => end(sessionId, cancellation))
  }

  const revokeAll: Revocation['revokeAll'] = async sessionIds => {
    if (sessionIds.length === 0) return { ended: [], failure: undefined }
    const ended: string[] = []
    let failure: unknown
    try {
      await guard(async cancellation => {
        await Promise.all(sessionIds.map(async id => await inTurn(cancellation, () => end(id, cancellation))
          .then(() => ended.push(id), error => { failure ??= error })))
        if (ended.length === 0 && failure !== undefined) throw failure // so that it counts
      })
    } catch (error) { // or the time is up, or too many are waiting, or Metabase is down
      failure = error
    }
    return { ended: [...ended], failure }
  }

  return { revoke, revokeAll }
}
