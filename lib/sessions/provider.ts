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
  /**
   * Exchanges a new Metabase session, and remembers it for the logout of the user session.
   * @throws METABASE_SSO_NOT_AUTHENTICATED when the user has signed out meanwhile, and what an exchange throws
   */
  exchange (claims: CheckedClaims, session: HostSession | undefined): Promise<Exchange>
  /**
   * As `exchange`, but calls for the same claims in the same user session share one exchange; and with `cache`, a
   * session from before is answered while at least half of its life is left.
   */
  provide (claims: CheckedClaims, session: HostSession | undefined): Promise<Provided>
}

interface Parts {
  client: MetabaseClient
  keys: SigningKeys
  revocation: Revocation
  registry: SessionRegistry
  /** The options. */
  cache: boolean
  logout: boolean
}

/** Metabase sessions that a record holds. Of a full one, the oldest is ended. */
const MAX_ISSUED = 200

export function createSessionProvider ({ client, keys, revocation, registry, cache, logout }: Parts): SessionProvider {
  const flights = new Map<string, Promise<Provided>>()

  const ownerOf = ({ email }: CheckedClaims, session: HostSession | undefined): string => session?.id ?? email

  async function exchange (claims: CheckedClaims, session: HostSession | undefined): Promise<Exchange> {
    const owner = ownerOf(claims, session)
    if (session === undefined || !logout) return await client.exchange(claims, owner)
    const logoutBefore = await bestEffort(registry.lastLogout(session), session, NOT_REMEMBERED)
    const result = await client.exchange(claims, owner)
    if (logoutBefore === undefined) return result
    await bestEffort(remember(result.session, session), session, NOT_REMEMBERED)
    // A logout writes its marker before it reads the record: it ends this session, or its marker shows here.
    const logoutNow = await bestEffort(registry.lastLogout(session), session, NOT_REMEMBERED)
    if (!logoutNow || logoutNow === logoutBefore) return result
    await revocation.revoke(result.session.id)
      .catch(err => session.log.warn({ err }, 'a Metabase session could not be ended after its user had signed out'))
    throw new errorCodes.METABASE_SSO_NOT_AUTHENTICATED('the user signed out meanwhile')
  }

  async function remember ({ id }: MetabaseSession, session: HostSession): Promise<void> {
    let evicted: SessionRecord['issued'] = []
    const now = Date.now()
    await registry.update(session, record => {
      if (record.issued.some(issued => issued.id === id)) return record
      const alive = record.issued.filter(({ at }) => now - at < SESSION_LIFE_MS)
      evicted = alive.slice(0, Math.max(0, alive.length + 1 - MAX_ISSUED))
      return { ...record, issued: [...alive.slice(evicted.length), { id, at: now }] }
    })
    for (const { id } of evicted) {
      await revocation.revoke(id)
        .catch(err => session.log.warn({ err }, 'the oldest of many Metabase sessions could not be ended'))
    }
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
    const result = await exchange(claims, session)
    if (hasHalfItsLife(result.session)) {
      // Again: the exchange may have confirmed another key.
      const current = { fingerprint: await fingerprintOf(claims), session: result.session }
      await bestEffort(registry.update(session, record => {
        const { id } = current.session
        // A logout of another process has ended what it no longer holds.
        const isOver = logout && !record.issued.some(issued => issued.id === id)
        return isOver || record.current?.session.id === id ? record : { ...record, current }
      }), session, NOT_CACHED)
    }
    return result
  }

  return {
    exchange,
    provide (claims, session) {
      const key = JSON.stringify([ownerOf(claims, session), claims.payload])
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

const hasHalfItsLife = ({ iat, exp }: MetabaseSession): boolean => exp * 1000 - (exp - iat) * 500 >= Date.now()
