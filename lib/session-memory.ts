import { randomInt, randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { keptSessionIdOf, sessionIdOf, sessionStoreOf } from './host-session.js'
import { createQueue } from './queue.js'
import { storeRecord, type StoreRecord } from './store-record.js'

/** Which Metabase sessions belong to which session of the host. All but `note` and `hasMoved` throw METABASE_SSO_SESSION_STORE_FAILED. */
export interface SessionMemory {
  /** Call it early in every request, the first time counts: a host may destroy its session before it asks what to end. */
  note (request: FastifyRequest): void
  remember (request: FastifyRequest, id: string): Promise<void>
  recall (request: FastifyRequest): Promise<string[]>
  forget (request: FastifyRequest, ids: readonly string[]): Promise<void>
  /** Whether the session got another id since `note`, by `regenerate()` for instance. */
  hasMoved (request: FastifyRequest): boolean
  /** Then takes along what is remembered. */
  move (request: FastifyRequest): Promise<void>
  /** Says to all processes that the user signs out: an exchange that is under way then must not survive it. */
  markLogout (request: FastifyRequest): Promise<void>
  /** Another one after each `markLogout`, and `NO_LOGOUT` when there was none lately. */
  lastLogout (request: FastifyRequest): Promise<string>
  /** The host's sessions of this request: that which it came with, and that which it has now. */
  sessionIds (request: FastifyRequest): string[]
}

export const NO_LOGOUT = ''

/** Metabase ends its sessions after two weeks by default (metabase#44998). */
const LIFE_MS = 14 * 24 * 60 * 60 * 1000

/** Stores have no lock: two processes that write the same record at once would undo each other's change. They seldom choose the same. */
const SLOTS = 16

/** In each slot. An SDK that refreshes every ten minutes takes more than a week to fill them all; then the oldest are dropped. */
const MOST = 100

/**
 * Keeps them in the host's session store, but in records of its own: `@fastify/session` writes a session back
 * whole at the end of each request, so that a request which began before an exchange and ends after it would undo
 * what the exchange had put there.
 * @param timeout milliseconds that the store may take
 */
export function createSessionMemory (instanceUrl: string, timeout: number): SessionMemory {
  const noted = new WeakMap<FastifyRequest, string>()
  const inTurn = createQueue()
  // Longer than an exchange can take, which may ask a vault and the store in between.
  const markLifeMs = Math.max(15 * 60 * 1000, 6 * timeout)

  const slotsOf = (request: FastifyRequest, sessionId: string | undefined): Array<StoreRecord<string[]>> => sessionId === undefined
    ? []
    : Array.from({ length: SLOTS }, (_, slot) => storeRecord(sessionStoreOf(request), [instanceUrl, sessionId, slot], timeout))

  const sessionIds = (request: FastifyRequest): string[] =>
    [...new Set([noted.get(request), sessionIdOf(request)])].filter(id => id !== undefined)

  const allSlots = (request: FastifyRequest): Array<StoreRecord<string[]>> => sessionIds(request).flatMap(id => slotsOf(request, id))

  const markOf = (request: FastifyRequest, sessionId: string): StoreRecord<string> => storeRecord(sessionStoreOf(request), [instanceUrl, sessionId, 'logout'], timeout)

  const mark = async (request: FastifyRequest, sessionIds: readonly string[]): Promise<void> => {
    await Promise.all(sessionIds.map(async id => await markOf(request, id).write(randomUUID(), markLifeMs)))
  }

  async function add (slot: StoreRecord<string[]>, added: readonly string[]): Promise<void> {
    await inTurn(slot.name, async () => {
      // Should another process have chosen this slot and written over it: once more.
      for (let tries = 0; tries < 3; tries++) {
        const ids = await readIds(slot)
        const missing = added.filter(id => !ids.includes(id))
        if (missing.length === 0) return
        await slot.write([...ids, ...missing].slice(-MOST), LIFE_MS)
      }
    })
  }

  async function remove (slots: ReadonlyArray<StoreRecord<string[]>>, removed: readonly string[]): Promise<void> {
    await Promise.all(slots.map(async slot => await inTurn(slot.name, async () => {
      const ids = await readIds(slot)
      const left = ids.filter(id => !removed.includes(id))
      if (left.length === ids.length) return
      await (left.length === 0 ? slot.remove() : slot.write(left, LIFE_MS))
    })))
  }

  const hasMoved = (request: FastifyRequest): boolean => {
    const [before, now] = [noted.get(request), sessionIdOf(request)]
    return before !== undefined && now !== undefined && before !== now
  }

  return {
    note (request) {
      const sessionId = sessionIdOf(request)
      if (sessionId !== undefined && !noted.has(request)) noted.set(request, sessionId)
    },
    async remember (request, id) {
      // One that has got another id is kept, too: nobody does that to a session of a bearer.
      const sessionId = keptSessionIdOf(request) ?? (hasMoved(request) ? sessionIdOf(request) : undefined)
      const slot = slotsOf(request, sessionId)[randomInt(SLOTS)]
      if (slot !== undefined) await add(slot, [id])
    },
    recall: async request => (await Promise.all(allSlots(request).map(readIds))).flat(),
    async forget (request, ids) {
      if (ids.length > 0) await remove(allSlots(request), ids)
    },
    hasMoved,
    async move (request) {
      const [before, slots] = [noted.get(request), slotsOf(request, sessionIdOf(request))]
      const slotsBefore = slotsOf(request, before)
      if (before === undefined || (await Promise.all(slotsBefore.map(readIds))).flat().length === 0) return
      await mark(request, [before]) // what is exchanged at this moment would stay behind: the session that it is for is over
      await Promise.all(slotsBefore.map(async (before, number) => {
        const [slot, ids] = [slots[number], await readIds(before)]
        if (slot === undefined || ids.length === 0) return
        await add(slot, ids)
        await remove([before], ids)
      }))
    },
    markLogout: async request => await mark(request, sessionIds(request)),
    async lastLogout (request) {
      const id = sessionIdOf(request) ?? noted.get(request)
      return id === undefined ? NO_LOGOUT : await markOf(request, id).read() ?? NO_LOGOUT
    },
    sessionIds
  }
}

async function readIds (slot: StoreRecord<string[]>): Promise<string[]> {
  const ids: unknown = await slot.read()
  return Array.isArray(ids) ? ids.map(String) : []
}
