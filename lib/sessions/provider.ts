import { hash } from 'node:crypto'
import type { CheckedClaims } from '../claims.js'
import { errorCodes } from '../errors.js'
import type { HostSession } from '../host/session.js'
import type { SigningKeys } from '../jwt/signing-keys.js'
import type { Exchange, MetabaseClient } from '../metabase/client.js'
import type { MetabaseSession } from '../metabase/responses.js'
import type { Revocation } from '../metabase/revocation.js'
import { bestEffort, SESSION_LIFE_MS, type SessionRecord, type SessionRegistry } from './registry.js'

/** A session, and whether it is one from before. */
type Provided = Exchange & { isReused?: true }

/** Provides Metabase sessions for user sessions of the host app. */
export interface SessionProvider {
  /** Exchanges a new Metabase session, and remembers it for the logout of the user session. */
  exchange (claims: CheckedClaims, session: HostSession | undefined): Promise<Exchange>
  /**
   * As `exchange`, but calls for the same claims in the same user session share one exchange; and with `cache`, a
   * session from before is answered while at least half of its life is left.
   */
  provide (claims: CheckedClaims, session: HostSession | undefined): Promise<Provided>
  /**
   * Remembers what was exchanged before the user session was sure to last.
   * @param session undefined when it will not last: the first time, the log says so
   */
  rememberLate (exchange: Exchange, session: HostSession | undefined): Promise<void>
}

interface Parts {
  client: MetabaseClient
  keys: SigningKeys
  revocation: Revocation
  registry: SessionRegistry
  /** The options. */
  cache: boolean
  logout: boolean
  log: { warn (message: string): void }
}

/** Metabase sessions that a record holds. Of a full one, the oldest is ended. */
const MAX_ISSUED = 200

export function createSessionProvider (parts: Parts): SessionProvider {
  const { client, keys, revocation, registry, cache, logout, log } = parts
  const flights = new Map<string, Promise<Provided>>()
  let isWarned = false

  /** @param isKept whether `cache` may answer the session again */
  async function exchange (
    claims: CheckedClaims, session: HostSession | undefined, isKept = false
  ): Promise<Exchange> {
    // An owner may have a limited number of exchanges under way.
    const owner = session?.isBrought ? session.id : claims.email
    if (session === undefined || !(logout || isKept)) return await client.exchange(claims, owner)
    const logoutBefore = logout && await bestEffort(registry.lastLogout(session), session, NOT_REMEMBERED)
    const result = await client.exchange(claims, owner)
    if (logoutBefore === undefined) return result // a store that hangs once would hang again
    const { id } = result.session
    // The fingerprint is made now: the exchange may have confirmed another key.
    const current = isKept && hasHalfItsLife(result.session)
      ? { fingerprint: await fingerprintOf(claims), session: result.session }
      : undefined
    await bestEffort(remember(id, current, session), session, logout ? NOT_REMEMBERED : NOT_CACHED)
    if (!logout) return result
    // A logout writes its marker before it reads the record: it ends this session, or its marker shows here.
    const logoutNow = await bestEffort(registry.lastLogout(session), session, NOT_REMEMBERED)
    if (!logoutNow) return result
    // With the mark of before, too, the user session is over when the app has destroyed it since.
    const isOver = logoutNow !== logoutBefore ||
      await bestEffort(registry.isOver(session), session, NOT_REMEMBERED) === true
    if (!isOver) return result
    const { ended, failure } = await revocation.revokeAll([id])
    if (failure !== undefined) session.log.warn({ err: failure }, NOT_ENDED)
    await bestEffort(registry.forget(session, new Set(ended)), session, NOT_REMEMBERED)
    throw new errorCodes.METABASE_SSO_NOT_AUTHENTICATED('the user signed out meanwhile')
  }

  async function remember (id: string, current: SessionRecord['current'], session: HostSession): Promise<void> {
    let evicted: SessionRecord['issued'] = []
    const now = Date.now()
    await registry.update(session, record => {
      const isIssued = !logout || record.issued.some(issued => issued.id === id)
      if (isIssued && (current === undefined || record.current?.session.id === id)) return record
      if (isIssued) return { ...record, current }
      const alive = record.issued.filter(({ at }) => now - at < SESSION_LIFE_MS)
      evicted = alive.slice(0, Math.max(0, alive.length + 1 - MAX_ISSUED))
      return { current: current ?? record.current, issued: [...alive.slice(evicted.length), { id, at: now }] }
    })
    const { failure } = await revocation.revokeAll(evicted.map(({ id }) => id))
    if (failure !== undefined) session.log.warn({ err: failure }, NOT_EVICTED)
  }

  /** Identifies what a session was exchanged for. Neither claims nor key can be read from it. */
  const fingerprintOf = async ({ payload }: CheckedClaims): Promise<string> =>
    hash('sha256', JSON.stringify([String(await keys.current()), payload]))

  async function exchangeOrReuse (claims: CheckedClaims, session: HostSession): Promise<Provided> {
    const record = await bestEffort(registry.read(session), session, NOT_CACHED)
    const kept = record?.current
    if (kept?.fingerprint === await fingerprintOf(claims) && hasHalfItsLife(kept.session)) {
      return { session: kept.session, isReused: true }
    }
    return await exchange(claims, session, record !== undefined)
  }

  return {
    exchange: (claims, session) => exchange(claims, session),
    async rememberLate ({ session: { id } }, session) {
      if (!logout) return
      if (session !== undefined) return await bestEffort(remember(id, undefined, session), session, NOT_REMEMBERED)
      if (!isWarned) log.warn(NOT_KEPT)
      isWarned = true
    },
    provide (claims, session) {
      const key = JSON.stringify([session?.id ?? claims.email, claims.payload])
      let flight = flights.get(key)
      if (flight === undefined) {
        flight = session !== undefined && cache ? exchangeOrReuse(claims, session) : exchange(claims, session)
        flights.set(key, flight)
        const end = (): unknown => flights.delete(key)
        flight.then(end, end)
      }
      return flight
    }
  }
}

const NOT_REMEMBERED = 'a Metabase session could not be remembered: signing out may not end it'
const NOT_CACHED = 'a Metabase session could not be kept or found for reuse'
const NOT_ENDED = 'a Metabase session could not be ended after its user had signed out'
const NOT_EVICTED = 'the oldest of many Metabase sessions could not be ended'
const NOT_KEPT = 'a Metabase session will outlive a logout: the session of its request is not kept by the app'

const hasHalfItsLife = ({ iat, exp }: MetabaseSession): boolean => exp * 1000 - (exp - iat) * 500 >= Date.now()
