import type { FastifyRequest } from 'fastify'
import type { Metabase } from './metabase.js'
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

export function createLogout (instanceUrl: string, memory: SessionMemory, metabase: Metabase): Logout {
  return {
    async end (request) {
      const ids = await memory.recall(request)
      const { ended, failure } = await metabase.revokeAll(ids)
      await memory.forget(request, ended)
      const left = ids.length - ended.length
      if (failure !== undefined) request.log.warn({ err: failure, ended: ended.length, left }, 'some Metabase sessions of a user who signs out could not be ended')
      else request.log.info({ ended: ended.length }, 'signed out of Metabase')
      return { ended: ended.length, left, logoutUrl: `${instanceUrl}/auth/logout` }
    }
  }
}
