import type { FastifyRequest } from 'fastify'
import type { Metabase } from '../metabase/client.js'
import type { SessionCache } from './cache.js'
import type { SessionMemory } from './registry.js'

/** How a user was signed out of Metabase. */
export interface LogoutReport {
  /** How many Metabase sessions are over now. */
  ended: number
  /** How many could not be ended, since Metabase did not answer: they are tried again next time, and end by themselves after two weeks. */
  left: number
  /** With full-app embedding: to be loaded by the browser, in a hidden iframe for instance, as it alone can drop Metabase's cookie. */
  logoutUrl: string
}

/** Ends the Metabase sessions of one user session. */
export interface Logout {
  /** @throws METABASE_SSO_SESSION_STORE_FAILED; never because of Metabase */
  end (request: FastifyRequest): Promise<LogoutReport>
}

/** @param cache absent without the option */
export function createLogout (instanceUrl: string, memory: SessionMemory, cache: SessionCache | undefined, metabase: Metabase): Logout {
  /** What is kept of sessions that are over does no harm. */
  const inStore = async (request: FastifyRequest, forget: Promise<void> | undefined): Promise<void> => await forget
    ?.catch(err => request.log.warn({ err }, 'Metabase sessions that are over could not be forgotten'))

  /** @param over those that have been ended; what is ended now is added */
  async function endRemembered (request: FastifyRequest, over: Set<string>): Promise<{ left: number, failure: unknown }> {
    await memory.markLogout(request)
    await inStore(request, cache?.clear(request, memory.sessionIds(request)))
    const ids = (await memory.recall(request)).filter(id => !over.has(id))
    const { ended, failure } = await metabase.revokeAll(ids)
    for (const id of ended) over.add(id)
    await inStore(request, memory.forget(request, ended))
    return { left: ids.length - ended.length, failure }
  }

  return {
    async end (request) {
      const over = new Set<string>()
      let { left, failure } = await endRemembered(request, over)
      // Once more for a page that got a new session meanwhile: until the host ends the user session, it may.
      if (over.size > 0 && failure === undefined) ({ left, failure } = await endRemembered(request, over).catch(failure => ({ left: 0, failure })))
      const ended = over.size
      if (failure !== undefined) request.log.warn({ err: failure, ended, left }, 'some Metabase sessions of a user who signs out could not be ended')
      else request.log.info({ ended }, 'signed out of Metabase')
      return { ended, left, logoutUrl: `${instanceUrl}/auth/logout` }
    }
  }
}
