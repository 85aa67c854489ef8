import type { HostSession } from '../host/session.js'
import type { Revocation } from '../metabase/revocation.js'
import { bestEffort, type SessionRecord, type SessionRegistry } from './registry.js'

/**
 * How far a logout went.
 * @example const { remaining }: LogoutReport = await app.metabaseSso.revoke(request)
 */
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
 * Ends the Metabase sessions of one user session. It never fails because of Metabase. Logouts of the same user session
 * that come meanwhile join in, and get the same report.
 * @param session undefined for a visitor
 */
export type Logout = (session: HostSession | undefined) => Promise<LogoutReport>

export function createLogout (registry: SessionRegistry, revocation: Revocation, publicUrl: string): Logout {
  const logoutUrl = `${publicUrl}/auth/logout`
  const runs = new Map<string, Promise<LogoutReport>>()
  /** Ids of user sessions of which a run has to look again. */
  const joined = new Set<string>()

  /** @param over collects the ids of sessions that are over */
  async function endKnown (
    session: HostSession, over: Set<string>
  ): Promise<{ remaining: string[], failure: unknown }> {
    let remaining = idsOf(await registry.read(session), over)
    let failure: unknown
    // A second round ends sessions that were exchanged during the first.
    for (let round = 0; round < 2 && failure === undefined && (round === 0 || remaining.length > 0); round++) {
      const revoked = await revocation.revokeAll(remaining)
      for (const id of revoked.ended) over.add(id)
      failure = revoked.failure
      // As late as can be: an exchange that begins afterwards does not tell the mark from one of an earlier logout.
      if (round === 0) await bestEffort(registry.markLogout(session), session, NOT_MARKED)
      const record = await bestEffort(registry.forget(session, over), session, NOT_FORGOTTEN)
      remaining = record === undefined ? remaining.filter(id => !over.has(id)) : idsOf(record, over)
    }
    return { remaining, failure }
  }

  async function endAll (session: HostSession): Promise<LogoutReport> {
    const over = new Set<string>()
    let known
    try {
      do known = await endKnown(session, over)
      while (joined.delete(session.id) && known.remaining.length === 0)
    } finally { // at once with the last look: a logout that comes later looks again
      runs.delete(session.id)
      joined.delete(session.id)
    }
    const { remaining, failure: err } = known
    const counts = { ended: over.size, remaining: remaining.length }
    if (err === undefined) session.log.info(counts, 'signed out of Metabase')
    else session.log.warn({ err, ...counts }, 'some Metabase sessions could not be ended at a logout')
    return { ...counts, logoutUrl }
  }

  return async session => {
    if (session === undefined) return { ended: 0, remaining: 0, logoutUrl }
    if (runs.has(session.id)) joined.add(session.id)
    const run = runs.get(session.id) ?? endAll(session)
    runs.set(session.id, run)
    return await run
  }
}

const NOT_MARKED = 'a logout could not be noted: a Metabase session that is being exchanged may outlive it'
const NOT_FORGOTTEN = 'Metabase sessions that are over could not be forgotten'

/** Also that of the cache: it may be from before the option `logout`, or of another registration. */
const idsOf = ({ current, issued }: SessionRecord, over: ReadonlySet<string>): string[] => {
  const ids = new Set(issued.map(({ id }) => id))
  if (current !== undefined) ids.add(current.session.id)
  return [...ids].filter(id => !over.has(id))
}
