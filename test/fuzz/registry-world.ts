import type { FastifyBaseLogger } from 'fastify'
import { errorCodes } from '../../lib/errors.js'
import type { HostSession } from '../../lib/host/session.js'
import type { RecordStore } from '../../lib/host/store.js'
import type { MetabaseClient } from '../../lib/metabase/client.js'
import type { Revocation } from '../../lib/metabase/revocation.js'
import { createLogout, type LogoutReport } from '../../lib/sessions/logout.js'
import { createSessionProvider, type SessionProvider } from '../../lib/sessions/provider.js'
import { createSessionRegistry, type SessionRegistry } from '../../lib/sessions/registry.js'

const PUBLIC_URL = 'https://metabase.example.com'

/** A user session of the host app. */
interface UserSession {
  id: string
  email: string
  isKept: boolean
  /** No other request has a session that is not kept yet. */
  isBusy: boolean
}

interface Exchanged {
  /** Of the user session. */
  sessionId: string
  began: number
  /** The Metabase session, and when a caller got it. */
  id?: string
  got?: number
  isReused?: boolean
}

/** One process of the host app: the real provider, registry and logout. */
interface Process {
  provider: SessionProvider
  logout: (session: HostSession) => Promise<LogoutReport>
  store: RecordStore
}

/**
 * A Metabase and a store, both in memory, that two processes share. Each call to one of them has effect, and returns,
 * when `turn` says so. Only changes of one record by two processes at the same time are left out.
 */
export class World {
  isMetabaseDown = false
  /** What should not be. */
  readonly violations: string[] = []
  readonly counts = { exchanges: 0, reused: 0, refused: 0, logouts: 0, complete: 0, forgiven: 0 }

  readonly #userSessions: UserSession[] = []
  readonly #processes: Process[]
  readonly #steps: Array<() => void> = []
  readonly #records = new Map<string, string>()
  /** Metabase sessions that are not over, each with the owner that the provider named. */
  readonly #alive = new Map<string, string>()
  readonly #exchanged: Exchanged[] = []
  /** When each Metabase session was asked for. */
  readonly #asked = new Map<string, number>()
  /** Metabase sessions of which the log says that the store did not take them. */
  readonly #unremembered = new Set<string>()
  /** Logouts that claim to be complete, and had a store that works. */
  readonly #complete: Array<{ sessionId: string, began: number }> = []
  readonly #signedOut = new Set<string>()
  readonly #lastLogout = new Map<string, number>()
  /** What the store of each process refuses. */
  readonly #broken = [new Set<'get' | 'set'>(), new Set<'get' | 'set'>()]
  readonly #work = new Set<Promise<void>>()
  #time = 0
  /** How often the store has failed. */
  #refusals = 0

  constructor (cache: boolean) {
    const locks = new Map<string, Lock>()
    this.#processes = this.#broken.map((_broken, index) => this.#process(index, cache, locks))
  }

  #process (index: number, cache: boolean, locks: Map<string, Lock>): Process {
    const real = createSessionRegistry(PUBLIC_URL, 600_000)
    const registry: SessionRegistry = {
      ...real,
      update: async (session, change) =>
        await exclusively(locks, session.id, index, async () => await real.update(session, change)),
      forget: async (session, over) =>
        await exclusively(locks, session.id, index, async () => await real.forget(session, over))
    }
    const keys = {
      all: (): [string] => ['a key'], current: async () => 'a key', next: async () => undefined, confirm () {}
    }
    const revocation = this.#revocation()
    const log = { warn: () => { this.violations.push('an exchange was not remembered') } }
    const parts = { client: this.#client(), keys, revocation, registry, cache, logout: true, log }
    return {
      provider: createSessionProvider(parts),
      logout: createLogout(registry, revocation, PUBLIC_URL),
      store: this.#store(index)
    }
  }

  /** A call to the outside: it has effect at a turn, and returns at another. */
  async #call<T> (effect: () => T): Promise<T> {
    await new Promise<void>(resolve => this.#steps.push(resolve))
    let result: { value: T } | { error: unknown }
    try {
      result = { value: effect() }
    } catch (error) {
      result = { error }
    }
    await new Promise<void>(resolve => this.#steps.push(resolve))
    if ('error' in result) throw result.error
    return result.value
  }

  #store (index: number): RecordStore {
    const refuse = (operation: 'get' | 'set') => {
      if (!this.#broken[index]?.has(operation)) return
      this.#refusals++
      throw new Error('the store is down')
    }
    return {
      get: async key => await this.#call(() => { refuse('get'); return JSON.parse(this.#records.get(key) ?? 'null') }),
      set: async (key, record) => {
        const text = JSON.stringify(record)
        await this.#call(() => { refuse('set'); this.#records.set(key, text) })
      },
      delete: async key => await this.#call(() => { refuse('set'); this.#records.delete(key) })
    }
  }

  #client (): MetabaseClient {
    return {
      exchange: async (_claims, owner) => {
        const asked = ++this.#time
        return await this.#call(() => {
          this.#refuse()
          const id = `metabase-session-${this.#asked.size}`
          this.#asked.set(id, asked)
          this.#alive.set(id, owner)
          const iat = Math.floor(Date.now() / 1000)
          return { session: { id, iat, exp: iat + 600, status: 'ok' as const } }
        })
      }
    }
  }

  #revocation (): Revocation {
    const revoke = async (id: string) => await this.#call(() => {
      this.#refuse()
      const owner = this.#alive.get(id)
      if (owner !== undefined && !this.#signedOut.has(owner)) this.violations.push(`${id} of ${owner} was ended`)
      this.#alive.delete(id)
    })
    return {
      revoke,
      async revokeAll (ids) {
        const ended: string[] = []
        let failure: unknown
        await Promise.all(ids.map(async id => await revoke(id).then(() => ended.push(id), error => {
          failure = error
        })))
        return { ended, failure }
      }
    }
  }

  #refuse (): void {
    if (this.isMetabaseDown) throw new errorCodes.METABASE_SSO_GATEWAY_FAILED(503)
  }

  /** A request of the user, and the failures of the store that it logged. */
  #request (store: RecordStore, userSession: UserSession) {
    const failures: unknown[] = []
    const log = {
      info () {},
      warn: ({ err }: { err: { code?: string } }) => {
        if (err.code === 'METABASE_SSO_SESSION_STORE_FAILED') failures.push(err)
      }
    } as unknown as FastifyBaseLogger
    const session: HostSession = { id: userSession.id, isBrought: true, store, log }
    return { session, failures }
  }

  /** Lets a user log in, with the session that a request of the host made, and may not have saved yet. */
  logIn (email: string, isKept: boolean): void {
    this.#userSessions.push({ id: `session-${this.#userSessions.length}-of-${email}`, email, isKept, isBusy: false })
  }

  /** Begins a sign-in to Metabase: of a page, which may share or reuse one, or of the host for itself. */
  exchange (session: number, process: number, by: 'provide' | 'exchange'): void {
    const userSession = this.#userSessions[session % this.#userSessions.length] as UserSession
    const { provider, store } = this.#processes[process] as Process
    const { email } = userSession
    if (!userSession.isKept && userSession.isBusy) return
    userSession.isBusy = true
    const request = this.#request(store, userSession)
    const exchanged: Exchanged = { sessionId: userSession.id, began: ++this.#time }
    this.#exchanged.push(exchanged)
    const isAlone = this.#work.size === 0
    this.#start(async () => {
      const claims = { email, payload: { email }, hasTenant: false, namesAdministrators: false }
      try {
        // The plugin looks at the session once before the exchange, and once before the host saves it.
        const { isKept } = userSession
        const exchange = await provider[by](claims, isKept ? request.session : undefined)
        if (!isKept) await provider.rememberLate(exchange, request.session)
        userSession.isKept = true
        const { session, ...how } = exchange
        if (request.failures.length > 0) this.#unremembered.add(session.id)
        Object.assign(exchanged, { id: session.id, got: ++this.#time, ...how })
        this.counts.exchanges++
        if ('isReused' in how) this.counts.reused++
        const mayBeOver = !isAlone || this.#refusals > 0 || Number(
          this.#lastLogout.get(exchanged.sessionId)
        ) > exchanged.began
        if (!mayBeOver && !this.#alive.has(session.id)) {
          this.violations.push(
          `${session.id} was handed out when it was over`
          )
        }
      } catch (error) {
        this.counts.refused++
        if (!this.#isExpected(error)) throw error
        userSession.isBusy = false
      }
    })
  }

  /** Begins a logout, and then lets the host give the browser another session id. */
  logOut (session: number, process: number, regenerates: boolean): void {
    const userSession = this.#userSessions[session % this.#userSessions.length] as UserSession
    const { logout, store } = this.#processes[process] as Process
    const { id: sessionId, email } = userSession
    if (!userSession.isKept) return
    const { session: host } = this.#request(store, userSession)
    const [began, refusals] = [++this.#time, this.#refusals]
    this.#lastLogout.set(sessionId, began)
    this.#signedOut.add(sessionId)
    this.#signedOut.add(email) // owner of what was exchanged for a session that was not kept yet
    this.counts.logouts++
    this.#start(async () => {
      try {
        const { remaining } = await logout(host)
        if (remaining === 0) {
          this.#check(sessionId, ({ got = Infinity }) => got < began, 'handed out before a logout')
          if (this.#refusals === refusals) this.#complete.push({ sessionId, began })
        }
      } catch (error) {
        if (!this.#isExpected(error)) throw error
      }
      if (regenerates && userSession.id === sessionId) userSession.id = `${sessionId}-again`
    })
  }

  /** Breaks or mends the store, as one process sees it: a replica can be read alone. */
  breakStore (process: number, operations: ReadonlyArray<'get' | 'set'>): void {
    this.#broken[process] = new Set(operations)
  }

  /** Lets one of the calls that are under way go on. @param which -1 is the one that began last */
  async turn (which: number): Promise<void> {
    if (this.#steps.length === 0) return
    const [go] = this.#steps.splice(which % this.#steps.length, 1)
    go?.()
    await new Promise(setImmediate)
  }

  /** Lets everything end that is under way. */
  async rest (): Promise<void> {
    await new Promise(setImmediate)
    while (this.#steps.length > 0) await this.turn(0)
    await Promise.all(this.#work)
  }

  /** Looks at what stays at the end. */
  async settle (): Promise<void> {
    await this.rest()
    for (const { sessionId, began } of this.#complete) {
      this.counts.complete++
      // One that is in the cache already may be answered before its own exchange finds that the user has signed out.
      const wasUnderWay = ({ id = '', isReused }: Exchanged) => !isReused && Number(this.#asked.get(id)) < began
      this.#check(sessionId, wasUnderWay, 'asked for before a logout')
    }
    this.counts.forgiven = this.#unremembered.size
    if (this.#refusals === 0 && this.#unremembered.size > 0) this.violations.push('a store that works failed')
  }

  #check (sessionId: string, concerns: (exchanged: Exchanged) => boolean, what: string): void {
    for (const exchanged of this.#exchanged) {
      const { id } = exchanged
      if (exchanged.sessionId !== sessionId || id === undefined || this.#unremembered.has(id)) continue
      if (concerns(exchanged) && this.#alive.has(id)) this.violations.push(`${id} of ${sessionId}, ${what}, is alive`)
    }
  }

  #start (request: () => Promise<void>): void {
    const work = request()
      .catch((error: unknown) => { this.violations.push(String(error)) })
      .finally(() => { this.#work.delete(work) })
    this.#work.add(work)
  }

  /** The user signed out meanwhile, Metabase is down, or a logout could not read the store. */
  #isExpected (error: unknown): boolean {
    return error instanceof errorCodes.METABASE_SSO_NOT_AUTHENTICATED ||
      error instanceof errorCodes.METABASE_SSO_GATEWAY_FAILED ||
      (error instanceof errorCodes.METABASE_SSO_SESSION_STORE_FAILED && this.#refusals > 0)
  }
}

interface Lock {
  process: number
  holders: number
  free: Promise<void>
  release: () => void
}

/** Runs work while no other process runs work for the same key. */
async function exclusively<T> (
  locks: Map<string, Lock>, key: string, process: number, work: () => Promise<T>
): Promise<T> {
  let lock = locks.get(key)
  for (; lock !== undefined && lock.process !== process; lock = locks.get(key)) await lock.free
  if (lock === undefined) {
    let release = () => {}
    const free = new Promise<void>(resolve => { release = resolve })
    lock = { process, holders: 0, free, release }
    locks.set(key, lock)
  }
  lock.holders++
  try {
    return await work()
  } finally {
    if (--lock.holders === 0) {
      locks.delete(key)
      lock.release()
    }
  }
}
