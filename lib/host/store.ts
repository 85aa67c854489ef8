import { hash } from 'node:crypto'
import { errorCodes } from '../errors.js'
import { redactError } from '../redact.js'
import { withTimeout, type MaybePromise } from '../timeout.js'
import type { KeyValueStore } from './functions.js'

/** Where records of ours stand. */
export interface RecordStore {
  get (key: string): MaybePromise<unknown>
  /** @param lifeMs milliseconds for which the store keeps the record */
  set (key: string, value: unknown, lifeMs: number): MaybePromise<unknown>
  delete (key: string): MaybePromise<unknown>
  /** Whether it holds the user session itself. Absent where user sessions are elsewhere. */
  hasSession?: (id: string) => MaybePromise<boolean>
}

/** The store of `@fastify/session`, as far as the plugin needs it. */
export interface SessionStore {
  get (id: string, callback: (error: unknown, record?: unknown) => void): void
  set (id: string, record: object, callback: (error?: unknown) => void): void
  destroy (id: string, callback: (error?: unknown) => void): void
}

/** Keeps records beside the sessions of `@fastify/session`. */
export const besideSessions = (store: SessionStore): RecordStore => ({
  async get (key) {
    const record = await promiseOf(done => store.get(key, done))
    return (record as { metabase?: unknown } | null | undefined)?.metabase
  },
  async set (key, metabase, lifeMs) {
    // Stores take the life of a record from its cookie.
    const cookie = { originalMaxAge: lifeMs, maxAge: lifeMs, expires: new Date(Date.now() + lifeMs) }
    await promiseOf(done => store.set(key, { cookie, metabase }, done))
  },
  async delete (key) {
    await promiseOf(done => store.destroy(key, done))
  },
  hasSession: async id => Boolean(await promiseOf(done => store.get(id, done)))
})

const promiseOf = (ask: (done: (error?: unknown, record?: unknown) => void) => void): Promise<unknown> =>
  new Promise((resolve, reject) => ask((error, record) => error ? reject(error) : resolve(record)))

/** Keeps records in the host's own store, as texts. */
export const asTexts = (store: KeyValueStore): RecordStore => ({
  async get (key) {
    const text = await store.get(key)
    try {
      return text == null ? undefined : JSON.parse(String(text))
    } catch {
      throw new Error('the record is no JSON') // without the text, which JSON's own error quotes
    }
  },
  set: (key, value, lifeMs) => store.set(key, JSON.stringify(value), lifeMs),
  delete: key => store.delete(key)
})

/** A record of ours in a store of the host's. Each method throws METABASE_SSO_SESSION_STORE_FAILED. */
export interface StoreRecord {
  /** Key in the store, where others are ids of sessions. */
  key: string
  read (): Promise<unknown>
  /** @param lifeMs milliseconds for which the store keeps the record */
  write (value: unknown, lifeMs: number): Promise<void>
  remove (): Promise<void>
}

/**
 * @param parts what tells the record from others; none of it can be read from the key
 * @param timeout milliseconds that the store may take
 */
export function storeRecord (
  { id, store }: { id: string, store: RecordStore }, parts: readonly string[], timeout: number
): StoreRecord {
  const key = `metabase-${hash('sha256', JSON.stringify([...parts, id]))}`
  return {
    key,
    read: async () => await call(timeout, () => store.get(key)),
    async write (value, lifeMs) {
      await call(timeout, () => store.set(key, value, lifeMs), false)
    },
    async remove () {
      await call(timeout, () => store.delete(key))
    }
  }
}

/** Whether the user session is over, as far as the store can tell. Throws METABASE_SSO_SESSION_STORE_FAILED. */
export async function isOver ({ id, store }: { id: string, store: RecordStore }, timeout: number): Promise<boolean> {
  const { hasSession } = store
  return hasSession !== undefined && !await call(timeout, () => hasSession(id))
}

async function call (timeout: number, ask: () => MaybePromise<unknown>, mayBeMissing = true): Promise<unknown> {
  try {
    return await withTimeout(timeout, Promise.resolve(ask()), () => new Error(`no answer in ${timeout} ms`))
  } catch (error) {
    // A store of files says so of a record that is not there. `@fastify/session` takes it so, too.
    if (mayBeMissing && (error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
    // Clients of databases may quote the command, and so the record: whatever is as long as an id is left out.
    throw new errorCodes.METABASE_SSO_SESSION_STORE_FAILED({ cause: redactError(error, [/[\w-]{16,}/g]) })
  }
}
