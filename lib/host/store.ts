import { hash } from 'node:crypto'
import { errorCodes } from '../errors.js'
import { noAnswer, withDeadline } from '../metabase/deadline.js'
import type { SessionStore } from './session.js'

/** A record of ours in the host's session store, where others' are sessions. */
export interface StoreRecord<T> {
  /** As the store knows it. */
  name: string
  /** @throws METABASE_SSO_SESSION_STORE_FAILED, as do the others */
  read (): Promise<T | undefined>
  /** @param lifeMs how long it is kept, in milliseconds */
  write (value: T, lifeMs: number): Promise<void>
  remove (): Promise<void>
}

/**
 * @param parts what tells it from others; they cannot be read from its name
 * @param timeout milliseconds that the store may take
 */
export function storeRecord<T> (store: SessionStore, parts: readonly unknown[], timeout: number): StoreRecord<T> {
  const name = `metabase-${hash('sha256', JSON.stringify(parts))}`
  return {
    name,
    async read () {
      const record = await bounded(timeout, () => called(done => store.get(name, done)).catch(noneIfMissing))
      return (record as { metabase?: T } | null | undefined)?.metabase
    },
    async write (metabase, lifeMs) {
      // Stores take the life of a record from its cookie.
      const cookie = { originalMaxAge: lifeMs, maxAge: lifeMs, expires: new Date(Date.now() + lifeMs) }
      await bounded(timeout, () => called(done => store.set(name, { cookie, metabase }, done)))
    },
    async remove () {
      await bounded(timeout, () => called(done => store.destroy(name, done)).catch(noneIfMissing))
    }
  }
}

/** Not `promisify`, which makes a function each time, and that took a twentieth of a sign-in's CPU time. */
function called (call: (done: (error?: unknown, result?: unknown) => void) => void): Promise<unknown> {
  return new Promise((resolve, reject) => call((error, result) => error ? reject(error) : resolve(result)))
}

/** As `@fastify/session` takes it: a store of files says so of a session that is not there. */
function noneIfMissing (error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}

async function bounded<T> (timeout: number, work: () => Promise<T>): Promise<T> {
  try {
    return await withDeadline(timeout, work, { late: noAnswer(timeout) })
  } catch (error) {
    // What clients of databases throw may hold the command, and so the record: whatever is as long as an id is left out.
    const { name, message, code } = Object(error) as { name?: unknown, message?: unknown, code?: unknown }
    const cause = Object.assign(new Error(String(message).replace(/[\w-]{16,}/g, '…')), { name: String(name), code })
    throw new errorCodes.METABASE_SSO_SESSION_STORE_FAILED({ cause })
  }
}
