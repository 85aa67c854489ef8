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

  async function endAll (session: HostSession): Promise<LogoutReport> {
    const over = new Set<string>()
    let remaining: string[] = []
    let failure: unknown
    do {
      failure = undefined
      await bestEffort(registry.markLogout(session), session, NOT_MARKED)
      remaining = idsOf(await registry.read(session), over)
      // A second round ends sessions that were exchanged during the first.
      for (let round = 0; round < 2 && failure === undefined && (round === 0 || remaining.length > 0); round++) {
        const revoked = await revocation.revokeAll(remaining)
        for (const id of revoked.ended) over.add(id)
        failure = revoked.failure
        const record = await bestEffort(registry.forget(session, over), session, NOT_FORGOTTEN)
        remaining = record === undefined ? remaining.filter(id => !over.has(id)) : idsOf(record, over)
      }
    } while (joined.delete(session.id) && remaining.length === 0)
    const counts = { ended: over.size, remaining: remaining.length }
    if (failure === undefined) session.log.info(counts, 'signed out of Metabase')
    else session.log.warn({ err: failure, ...counts }, 'some Metabase sessions could not be ended at a logout')
    return { ...counts, logoutUrl }
  }

  return async session => {
    if (session === undefined) return { ended: 0, remaining: 0, logoutUrl }
    const { id } = session
    if (runs.has(id)) joined.add(id)
    const run = runs.get(id) ?? endAll(session).finally(() => runs.delete(id))
    runs.set(id, run)
    return await run
  }
}

const NOT_MARKED = 'a logout could not be noted: a Metabase session that is being exchanged may outlive it'
const NOT_FORGOTTEN = 'Metabase sessions that are over could not be forgotten'

const idsOf = ({ issued }: SessionRecord, over: ReadonlySet<string>): string[] =>
  issued.map(({ id }) => id).filter(id => !over.has(id))
