import type { HostSession } from '../host/session.js'
import type { Revocation } from '../metabase/revocation.js'
import { bestEffort, type SessionRecord, type SessionRegistry } from './registry.js'

/** How far a logout went. */
export interface LogoutReport {
  /** Metabase sessions that are over now. */
  ended: number
  /**
   * Metabase sessions that could not be ended, since Metabase did not answer. The next logout of the same user session
   * tries them again; else they end by themselves after two weeks.
   */
  remaining: number
  /** With full-app embedding: the browser loads it, in a hidden iframe for instance, to drop Metabase's own cookie. */
  logoutUrl: string
}

/**
 * Ends the Metabase sessions of one user session. It never fails because of Metabase.
 * @param session undefined for a visitor
 * @throws METABASE_SSO_SESSION_STORE_FAILED
 */
export type Logout = (session: HostSession | undefined) => Promise<LogoutReport>

export function createLogout (registry: SessionRegistry, revocation: Revocation, publicUrl: string): Logout {
  const logoutUrl = `${publicUrl}/auth/logout`
  return async session => {
    if (session === undefined) return { ended: 0, remaining: 0, logoutUrl }
    await registry.markLogout(session)
    const over = new Set<string>()
    let remaining = idsOf(await registry.read(session))
    let failure: unknown
    // A second round ends sessions that were exchanged during the first.
    for (let round = 0; round < 2 && failure === undefined && (round === 0 || remaining.length > 0); round++) {
      const revoked = await revocation.revokeAll(remaining)
      for (const id of revoked.ended) over.add(id)
      failure = revoked.failure
      const record = await bestEffort(registry.update(session, record => without(record, over)), session, NOT_FORGOTTEN)
      remaining = (record === undefined ? remaining : idsOf(record)).filter(id => !over.has(id))
    }
    const counts = { ended: over.size, remaining: remaining.length }
    if (failure === undefined) session.log.info(counts, 'signed out of Metabase')
    else session.log.warn({ err: failure, ...counts }, 'some Metabase sessions could not be ended at a logout')
    return { ...counts, logoutUrl }
  }
}

const NOT_FORGOTTEN = 'Metabase sessions that are over could not be forgotten'

const idsOf = ({ issued }: SessionRecord): string[] => issued.map(({ id }) => id)

/** Takes out the sessions that are over, and the one that `cache` would answer again. */
function without (record: SessionRecord, over: ReadonlySet<string>): SessionRecord {
  if (record.current === undefined && !record.issued.some(({ id }) => over.has(id))) return record
  return { current: undefined, issued: record.issued.filter(({ id }) => !over.has(id)) }
}
