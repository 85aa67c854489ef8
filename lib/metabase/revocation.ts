import { errorCodes } from '../errors.js'
import type { CallPolicy, Dispatch } from './call-policy.js'
import { errorOf, isNotFound, isSessionId, isSuccess, typeName } from './responses.js'

/** Ends sessions at one Metabase instance. */
export interface Revocation {
  /** Ends a session. One that is over already counts as ended. */
  revoke (sessionId: string): Promise<void>
  /**
   * Ends as many of these sessions as can be ended within the timeout.
   * @returns those that are over, and the first failure of the others
   */
  revokeAll (sessionIds: readonly string[]): Promise<{ ended: string[], failure: unknown }>
}

/** Requests that one logout has under way or waiting: with more, others would wait for it. */
const MAX_CONCURRENT = 4

export function createRevocation (policy: CallPolicy): Revocation {
  async function end (id: string, dispatch: Dispatch): Promise<void> {
    const headers = { 'x-metabase-session': id }
    const response = await dispatch({ method: 'DELETE', path: '/api/session', headers, credential: id })
    // Anything else is of something in front of Metabase, which knows of no sessions.
    const isOver = response.status === 204 || (response.status === 404 && isNotFound(response))
    if (isOver) return
    throw isSuccess(response)
      ? new errorCodes.METABASE_SSO_RESPONSE_NOT_JSON(typeName(response))
      : errorOf(response, 'other')
  }

  async function revoke (id: string): Promise<void> {
    // Metabase would answer as for a session that is over; and a text that no header holds would fail like a network.
    if (!isSessionId(id)) throw new errorCodes.METABASE_SSO_SESSION_ID_MISSING()
    await policy.logout(dispatch => end(id, dispatch))
  }

  async function revokeAll (ids: readonly string[]): Promise<{ ended: string[], failure: unknown }> {
    if (ids.length === 0) return { ended: [], failure: undefined }
    const ended: string[] = []
    let failure: unknown
    try {
      await policy.logout(async (dispatch, signal) => {
        const waiting = ids.values()
        const endInTurn = async (): Promise<void> => {
          for (const id of waiting) {
            if (signal.aborted) return
            await end(id, dispatch).then(() => ended.push(id), error => { failure ??= error })
          }
        }
        await Promise.all(Array.from({ length: MAX_CONCURRENT }, endInTurn))
      })
    } catch (error) { // the time is over, or Metabase is down
      failure = error
    }
    return { ended: [...ended], failure }
  }

  return { revoke, revokeAll }
}
