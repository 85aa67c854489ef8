import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import type { FastifyRequest } from 'fastify'
import type { MetabaseSession } from './answers.js'
import { errorCodes } from './errors.js'
import { sessionIdOf, sessionStoreOf } from './host-session.js'
import { withDeadline } from './http.js'

/** A Metabase session, as it is remembered. */
interface Remembered {
  id: string
  exp: number
  iat: number
  /** What it was exchanged for; absent where nobody else may use it. */
  purpose?: string
}

/** Which Metabase sessions belong to which session of the host. */
export interface SessionMemory {
  /** Call it early in every request: a host may destroy its session before it asks what to end. */
  note (request: FastifyRequest): void
  /** @throws METABASE_SSO_SESSION_STORE_FAILED, as do the others */
  remember (request: FastifyRequest, session: MetabaseSession, purpose?: string): Promise<void>
  /** The newest session for this purpose. */
  find (request: FastifyRequest, purpose: string): Promise<MetabaseSession | undefined>
  /** Ids of the Metabase sessions, the oldest first. */
  recall (request: FastifyRequest): Promise<string[]>
  forget (request: FastifyRequest, ids: readonly string[]): Promise<void>
}

/** Metabase ends its sessions after two weeks by default (metabase#44998). */
const LIFE_MS = 14 * 24 * 60 * 60 * 1000

/** An SDK that refreshes every ten minutes for a working week. The oldest are dropped: nobody uses them any more. */
const MOST = 250

/**
 * Keeps them in the host's session store, but in a record of its own: `@fastify/session` writes a session back
 * whole at the end of each request, so that a request which began before an exchange and ends after it would undo
 * what the exchange had put there.
 * @param timeout milliseconds that the store may take
 */
export function createSessionMemory (instanceUrl: string, timeout: number): SessionMemory {
  const noted = new WeakMap<FastifyRequest, string>()
  const turns = new Map<string, Promise<unknown>>()

  /** A name that does not tell the session's. */
  function keyOf (request: FastifyRequest): string | undefined {
    const sessionId = sessionIdOf(request) ?? noted.get(request)
    return sessionId === undefined ? undefined : `metabase-${createHash('sha256').update(`${sessionId} ${instanceUrl}`).digest('hex')}`
  }

  async function read (request: FastifyRequest, key: string): Promise<Remembered[]> {
    const store = sessionStoreOf(request)
    const record = await promisify(store.get.bind(store))(key)
    const sessions: unknown = (record as { metabaseSessions?: unknown } | null | undefined)?.metabaseSessions
    return Array.isArray(sessions) ? sessions : []
  }

  async function write (request: FastifyRequest, key: string, sessions: readonly Remembered[]): Promise<void> {
    const store = sessionStoreOf(request)
    if (sessions.length === 0) return await promisify(store.destroy.bind(store))(key)
    // Stores take the life of a record from its cookie.
    const cookie = { originalMaxAge: LIFE_MS, maxAge: LIFE_MS, expires: new Date(Date.now() + LIFE_MS) }
    await promisify(store.set.bind(store))(key, { cookie, metabaseSessions: sessions.slice(-MOST) })
  }

  /** Within this process, one change of a record after the other. */
  async function inTurn<T> (key: string, work: () => Promise<T>): Promise<T> {
    const bounded = async () => await withStore(work)
    const turn = (turns.get(key) ?? Promise.resolve()).then(bounded, bounded)
    turns.set(key, turn)
    try {
      return await turn
    } finally {
      if (turns.get(key) === turn) turns.delete(key)
    }
  }

  async function withStore<T> (work: () => Promise<T>): Promise<T> {
    try {
      return await withDeadline(timeout, work)
    } catch (cause) {
      throw new errorCodes.METABASE_SSO_SESSION_STORE_FAILED({ cause })
    }
  }

  async function sessionsOf (request: FastifyRequest): Promise<Remembered[]> {
    const key = keyOf(request)
    return key === undefined ? [] : await withStore(async () => await read(request, key))
  }

  return {
    note (request) {
      const sessionId = sessionIdOf(request)
      if (sessionId !== undefined) noted.set(request, sessionId)
    },
    async remember (request, { id, exp, iat }, purpose) {
      const key = keyOf(request)
      if (key === undefined) return
      await inTurn(key, async () => {
        // Stores have no lock: another process may have read before we wrote, and write after it. So we look again.
        for (let tries = 0; tries < 5; tries++) {
          const sessions = await read(request, key)
          if (sessions.some(session => session.id === id)) return
          await write(request, key, [...sessions, { id, exp, iat, purpose }])
        }
      })
    },
    async find (request, purpose) {
      const found = (await sessionsOf(request)).findLast(session => session.purpose === purpose)
      return found && { id: found.id, exp: found.exp, iat: found.iat, status: 'ok' }
    },
    recall: async request => (await sessionsOf(request)).map(({ id }) => id),
    async forget (request, ids) {
      const key = keyOf(request)
      if (key === undefined || ids.length === 0) return
      await inTurn(key, async () => await write(request, key, (await read(request, key)).filter(({ id }) => !ids.includes(id))))
    }
  }
}
