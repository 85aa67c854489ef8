import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { keptSessionIdOf, sessionIdOf, sessionStoreOf } from '../host/session.js'
import { createRememberedIds, type RememberedIds } from './remembered-ids.js'
import { storeRecord, type StoreRecord } from '../host/store.js'

/** Which Metabase sessions belong to which session of the host. What returns a promise throws METABASE_SSO_SESSION_STORE_FAILED. */
export interface SessionMemory {
  /** Call it early in every request, the first time counts: a host may destroy its session before it asks what to end. */
  note (request: FastifyRequest): void
  remember (request: FastifyRequest, id: string): Promise<void>
  recall (request: FastifyRequest): Promise<string[]>
  forget (request: FastifyRequest, ids: readonly string[]): Promise<void>
  /** If the session got another id since `note`, by `regenerate()` for instance: takes along what is remembered. */
  move (request: FastifyRequest): Promise<void> | undefined
  /** Says to all processes that the user signs out: an exchange that is under way then must not survive it. */
  markLogout (request: FastifyRequest): Promise<void>
  /** Another one after each `markLogout`, and `NO_LOGOUT` when there was none lately. */
  lastLogout (request: FastifyRequest): Promise<string>
  /** The host's sessions of this request: that which it came with, and that which it has now. */
  sessionIds (request: FastifyRequest): string[]
}

export const NO_LOGOUT = ''

/** @param timeout milliseconds that the host's session store may take */
export function createSessionMemory (instanceUrl: string, timeout: number): SessionMemory {
  const noted = new WeakMap<FastifyRequest, string>()
  const remembered = createRememberedIds(instanceUrl, timeout)
  // Longer than an exchange can take, which may ask a vault and the store in between.
  const markLifeMs = Math.max(15 * 60 * 1000, 6 * timeout)

  const idsOf = (request: FastifyRequest, sessionId: string): RememberedIds => remembered(sessionStoreOf(request), sessionId)

  const sessionIds = (request: FastifyRequest): string[] =>
    [...new Set([noted.get(request), sessionIdOf(request)])].filter(id => id !== undefined)

  const markOf = (request: FastifyRequest, sessionId: string): StoreRecord<string> => storeRecord(sessionStoreOf(request), [instanceUrl, sessionId, 'logout'], timeout)

  const mark = async (request: FastifyRequest, sessionId: string): Promise<void> => await markOf(request, sessionId).write(randomUUID(), markLifeMs)

  /** The session that it has now, if that is another one than it came with. */
  function newSessionIdOf (request: FastifyRequest): string | undefined {
    const now = sessionIdOf(request)
    return noted.has(request) && noted.get(request) !== now ? now : undefined
  }

  async function move (request: FastifyRequest, from: string, to: string): Promise<void> {
    const before = idsOf(request, from)
    if ((await before.all()).length === 0) return
    await mark(request, from) // what is exchanged at this moment would stay behind: the session that it is for is over
    await before.moveTo(idsOf(request, to))
  }

  return {
    note (request) {
      const sessionId = sessionIdOf(request)
      if (sessionId !== undefined && !noted.has(request)) noted.set(request, sessionId)
    },
    async remember (request, id) {
      // One that has got another id is kept, too: nobody does that to a session of a bearer.
      const sessionId = keptSessionIdOf(request) ?? newSessionIdOf(request)
      if (sessionId !== undefined) await idsOf(request, sessionId).add(id)
    },
    recall: async request => (await Promise.all(sessionIds(request).map(async sessionId => await idsOf(request, sessionId).all()))).flat(),
    async forget (request, ids) {
      await Promise.all(sessionIds(request).map(async sessionId => await idsOf(request, sessionId).remove(ids)))
    },
    move (request) {
      const [before, now] = [noted.get(request), newSessionIdOf(request)]
      return before === undefined || now === undefined ? undefined : move(request, before, now)
    },
    async markLogout (request) {
      await Promise.all(sessionIds(request).map(async sessionId => await mark(request, sessionId)))
    },
    async lastLogout (request) {
      const sessionId = sessionIdOf(request) ?? noted.get(request)
      return sessionId === undefined ? NO_LOGOUT : await markOf(request, sessionId).read() ?? NO_LOGOUT
    },
    sessionIds
  }
}
