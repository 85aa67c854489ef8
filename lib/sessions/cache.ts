import type { FastifyRequest } from 'fastify'
import type { MetabaseSession } from '../metabase/responses.js'
import { keptSessionIdOf, sessionStoreOf } from '../host/session.js'
import { storeRecord, type StoreRecord } from '../host/store.js'

/** The latest Metabase session of each session of the host, in the host's session store. All throw METABASE_SSO_SESSION_STORE_FAILED. */
export interface SessionCache {
  /**
   * @param purpose what it was exchanged for
   * @returns it, if it is for this purpose and at least half of its life is left
   */
  find (request: FastifyRequest, purpose: string): Promise<MetabaseSession | undefined>
  put (request: FastifyRequest, purpose: string, session: MetabaseSession): Promise<void>
  /** @param sessionIds of the host */
  clear (request: FastifyRequest, sessionIds: readonly string[]): Promise<void>
}

interface Cached {
  purpose: string
  session: MetabaseSession
}

/**
 * @param timeout milliseconds that the store may take
 * @param now milliseconds since the epoch
 */
export function createSessionCache (instanceUrl: string, timeout: number, now: () => number): SessionCache {
  const recordOf = (request: FastifyRequest, sessionId: string): StoreRecord<Cached> => storeRecord(sessionStoreOf(request), [instanceUrl, sessionId, 'cache'], timeout)

  function keptRecordOf (request: FastifyRequest): StoreRecord<Cached> | undefined {
    const sessionId = keptSessionIdOf(request)
    return sessionId === undefined ? undefined : recordOf(request, sessionId)
  }

  const lifeLeftMs = ({ iat, exp }: MetabaseSession): number => exp * 1000 - (exp - iat) * 500 - now()

  return {
    async find (request, purpose) {
      const cached = await keptRecordOf(request)?.read()
      return cached?.purpose === purpose && lifeLeftMs(cached.session) >= 0 ? cached.session : undefined
    },
    async put (request, purpose, session) {
      const lifeMs = lifeLeftMs(session)
      if (lifeMs > 0) await keptRecordOf(request)?.write({ purpose, session }, lifeMs)
    },
    async clear (request, sessionIds) {
      await Promise.all(sessionIds.map(async id => await recordOf(request, id).remove()))
    }
  }
}
