import { randomUUID } from 'node:crypto'
import type { HostSession } from '../host/session.js'
import { isOver, storeRecord, type StoreRecord } from '../host/store.js'
import { isSession, isSessionId, type MetabaseSession } from '../metabase/responses.js'
import { isPlainObject } from '../values.js'

/** The Metabase sessions of one user session. */
export interface SessionRecord {
  /** The latest, and what it was exchanged for: `cache` answers it again. */
  current: { fingerprint: string, session: MetabaseSession } | undefined
  /** Those to end at logout, oldest first, with when they were exchanged in milliseconds since the epoch. */
  issued: ReadonlyArray<{ id: string, at: number }>
}

/**
 * Keeps one record for each user session, in the host's session store. Each method throws
 * METABASE_SSO_SESSION_STORE_FAILED.
 */
export interface SessionRegistry {
  read (session: HostSession): Promise<SessionRecord>
  /**
   * Changes the record. Changes of one user session follow one another within the process; after writing, the record
   * is read back, since another process may have written at the same time.
   * @param change makes the record as it should be; the same object when it is so
   * @returns the record as it was read last
   */
  update (session: HostSession, change: (record: SessionRecord) => SessionRecord): Promise<SessionRecord>
  /** Takes out sessions that are over, and the one that `cache` would answer again. */
  forget (session: HostSession, over: ReadonlySet<string>): Promise<SessionRecord>
  /** Tells every process that the user signs out: an exchange that is under way then must not survive. */
  markLogout (session: HostSession): Promise<void>
  /** Returns another text after each `markLogout`, '' when there was none lately. */
  lastLogout (session: HostSession): Promise<string>
  /** Whether the app has ended the user session, as far as its store can tell. */
  isOver (session: HostSession): Promise<boolean>
}

/** Metabase ends its sessions after two weeks by default (metabase#44998). */
export const SESSION_LIFE_MS = 14 * 24 * 60 * 60 * 1000

/** Milliseconds for which a logout is remembered: longer than an exchange with all that it waits for can take. */
const LOGOUT_KEPT_MS = 15 * 60 * 1000

/** Tries to write until the record reads back as it should be. */
const MAX_WRITES = 3

/**
 * The host's session itself would not do: `@fastify/session` writes it back whole at the end of each request, and so
 * would undo what another request had put there.
 * @param timeout milliseconds that the store may take
 */
export function createSessionRegistry (instanceUrl: string, timeout: number): SessionRegistry {
  /** The last change of each record, while it runs. */
  const changes = new Map<string, Promise<SessionRecord>>()

  const recordOf = (session: HostSession): StoreRecord => storeRecord(session, [instanceUrl], timeout)
  const logoutOf = (session: HostSession): StoreRecord =>
    storeRecord(session, [instanceUrl, 'logout'], timeout)

  async function write (record: StoreRecord, { current, issued }: SessionRecord): Promise<void> {
    if (issued.length > 0) await record.write({ current, issued }, SESSION_LIFE_MS)
    else if (current !== undefined) await record.write({ current, issued }, current.session.exp * 1000 - Date.now())
    else await record.remove()
  }

  async function changeAndReadBack (
    record: StoreRecord, change: (record: SessionRecord) => SessionRecord
  ): Promise<SessionRecord> {
    let found = readRecord(await record.read())
    for (let writes = 0; writes < MAX_WRITES; writes++) {
      const wanted = change(found)
      if (wanted === found) break
      await write(record, wanted)
      found = readRecord(await record.read())
    }
    return found
  }

  const update: SessionRegistry['update'] = async (session, change) => {
    const record = recordOf(session)
    const run = async (): Promise<SessionRecord> => await changeAndReadBack(record, change)
    const turn = (changes.get(record.key) ?? Promise.resolve()).then(run, run)
    changes.set(record.key, turn)
    try {
      return await turn
    } finally {
      if (changes.get(record.key) === turn) changes.delete(record.key)
    }
  }

  return {
    read: async session => readRecord(await recordOf(session).read()),
    update,
    forget: (session, over) => update(session, record => {
      const isWithout = record.current === undefined && !record.issued.some(({ id }) => over.has(id))
      return isWithout ? record : { current: undefined, issued: record.issued.filter(({ id }) => !over.has(id)) }
    }),
    async markLogout (session) {
      await logoutOf(session).write(randomUUID(), LOGOUT_KEPT_MS)
    },
    lastLogout: async session => String(await logoutOf(session).read() ?? ''),
    isOver: session => isOver(session, timeout)
  }
}

/** Whatever the store returns: other processes, other versions of ours and operators write to it, too. */
function readRecord (value: unknown): SessionRecord {
  const { current, issued } = Object(value) as Record<string, unknown>
  return {
    current: isCurrent(current) ? current : undefined,
    issued: Array.isArray(issued) ? issued.filter(isIssued) : []
  }
}

const isCurrent = (value: unknown): value is NonNullable<SessionRecord['current']> =>
  isPlainObject(value) && typeof value.fingerprint === 'string' && isSession(value.session)

const isIssued = (value: unknown): value is SessionRecord['issued'][number] =>
  isPlainObject(value) && isSessionId(value.id) && typeof value.at === 'number'

/** Logs a failure of the store and goes on: a store that fails keeps no user from signing in or out. */
export async function bestEffort<T> (work: Promise<T>, { log }: HostSession, warning: string): Promise<T | undefined> {
  try {
    return await work
  } catch (err) {
    log.warn({ err }, warning)
    return undefined
  }
}
