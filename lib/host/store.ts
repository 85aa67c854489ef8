import { hash } from 'node:crypto'
import { errorCodes } from '../errors.js'
import { redactError } from '../redact.js'
import { withTimeout } from '../timeout.js'
import type { HostSession } from './session.js'

/** A record of ours in the host's session store. Each method throws METABASE_SSO_SESSION_STORE_FAILED. */
export interface StoreRecord<T> {
  /** Key in the store, where others are ids of sessions. */
  key: string
  read (): Promise<T | undefined>
  /** @param lifeMs milliseconds for which the store keeps the record */
  write (value: T, lifeMs: number): Promise<void>
  remove (): Promise<void>
}

/**
 * @param parts what tells the record from others; none of it can be read from the key
 * @param timeout milliseconds that the store may take
 */
export function storeRecord<T> ({ id, store }: HostSession, parts: readonly string[], timeout: number): StoreRecord<T> {
  const key = `metabase-${hash('sha256', JSON.stringify([...parts, id]))}`
  return {
    key,
    async read () {
      const record = await call(timeout, done => store.get(key, done))
      return (record as { metabase?: T } | null | undefined)?.metabase
    },
    async write (metabase, lifeMs) {
      // Stores take the life of a record from its cookie.
      const cookie = { originalMaxAge: lifeMs, maxAge: lifeMs, expires: new Date(Date.now() + lifeMs) }
      await call(timeout, done => store.set(key, { cookie, metabase }, done))
    },
    async remove () {
      await call(timeout, done => store.destroy(key, done))
    }
  }
}

/** Whether the user session itself is in the store. Throws METABASE_SSO_SESSION_STORE_FAILED. */
export async function isStored ({ id, store }: HostSession, timeout: number): Promise<boolean> {
  return Boolean(await call(timeout, done => store.get(id, done)))
}

type Callback = (error?: unknown, record?: unknown) => void

async function call (timeout: number, ask: (done: Callback) => void): Promise<unknown> {
  const answer = new Promise((resolve, reject) => ask((error, record) => error ? reject(error) : resolve(record)))
  try {
    return await withTimeout(timeout, answer, () => new Error(`no answer in ${timeout} ms`))
  } catch (error) {
    // A store of files says so of a record that is not there. `@fastify/session` takes it so, too.
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined
    // Clients of databases may quote the command, and so the record: whatever is as long as an id is left out.
    throw new errorCodes.METABASE_SSO_SESSION_STORE_FAILED({ cause: redactError(error, [/[\w-]{16,}/g]) })
  }
}
