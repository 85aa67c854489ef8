import { randomInt } from 'node:crypto'
import type { SessionStore } from '../host/session.js'
import { createQueue } from './queue.js'
import { storeRecord, type StoreRecord } from '../host/store.js'

/** The ids of the Metabase sessions that belong to one session of the host. All throw METABASE_SSO_SESSION_STORE_FAILED. */
export interface RememberedIds {
  add (id: string): Promise<void>
  all (): Promise<string[]>
  remove (ids: readonly string[]): Promise<void>
  /** None are lost on the way. */
  moveTo (other: RememberedIds): Promise<void>
  /** Where they stand. */
  readonly slots: ReadonlyArray<StoreRecord<string[]>>
}

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
export function createRememberedIds (instanceUrl: string, timeout: number): (store: SessionStore, sessionId: string) => RememberedIds {
  const inTurn = createQueue()

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

  async function remove (slot: StoreRecord<string[]>, removed: readonly string[]): Promise<void> {
    await inTurn(slot.name, async () => {
      const ids = await readIds(slot)
      const left = ids.filter(id => !removed.includes(id))
      if (left.length === ids.length) return
      await (left.length === 0 ? slot.remove() : slot.write(left, LIFE_MS))
    })
  }

  return (store, sessionId) => {
    const slots = Array.from({ length: SLOTS }, (_, slot) => storeRecord<string[]>(store, [instanceUrl, sessionId, slot], timeout))
    return {
      slots,
      async add (id) {
        const slot = slots[randomInt(SLOTS)]
        if (slot !== undefined) await add(slot, [id])
      },
      all: async () => (await Promise.all(slots.map(readIds))).flat(),
      async remove (ids) {
        if (ids.length > 0) await Promise.all(slots.map(async slot => await remove(slot, ids)))
      },
      async moveTo (other) {
        await Promise.all(slots.map(async (slot, number) => {
          const [target, ids] = [other.slots[number], await readIds(slot)]
          if (target === undefined || ids.length === 0) return
          await add(target, ids)
          await remove(slot, ids)
        }))
      }
    }
  }
}

async function readIds (slot: StoreRecord<string[]>): Promise<string[]> {
  const ids: unknown = await slot.read()
  return Array.isArray(ids) ? ids.map(String) : []
}
