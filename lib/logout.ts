import type { FastifyRequest } from 'fastify'
import type { Metabase } from './metabase.js'
import type { SessionCache } from './session-cache.js'
import type { SessionMemory } from './session-memory.js'

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
  return {
    async end (request) {
      await memory.markLogout(request)
      const ids = await memory.recall(request)
      const { ended, failure } = await metabase.revokeAll(ids)
      const left = ids.length - ended.length
      if (failure !== undefined) request.log.warn({ err: failure, ended: ended.length, left }, 'some Metabase sessions of a user who signs out could not be ended')
      else request.log.info({ ended: ended.length }, 'signed out of Metabase')
      // They are over: that they are still remembered does no harm.
      await Promise.all([memory.forget(request, ended), cache?.clear(request)])
        .catch(err => request.log.warn({ err }, 'Metabase sessions that are over could not be forgotten'))
      return { ended: ended.length, left, logoutUrl: `${instanceUrl}/auth/logout` }
    }
  }
}
