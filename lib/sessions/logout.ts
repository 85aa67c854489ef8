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
 * that come while the sessions are being ended join in, and get the same report.
 * @param session undefined for a visitor
 */
export type Logout = (session: HostSession | undefined) => Promise<LogoutReport>

export function createLogout (registry: SessionRegistry, revocation: Revocation, publicUrl: string): Logout {
  const logoutUrl = `${publicUrl}/auth/logout`
  /** Runs that have yet to note that the user signs out: the note has to come after each logout that shares it. */
  const runs = new Map<string, Promise<LogoutReport>>()

  async function endAll (session: HostSession): Promise<LogoutReport> {
    const over = new Set<string>()
    let record: SessionRecord
    let err: unknown
    /** Also that of the cache: it may be from before the option `logout`, or of another registration. */
    function remaining (): string[] {
      const { current, issued } = record
      const known = current === undefined ? issued : [...issued, current.session]
      return [...new Set(known.map(({ id }) => id))].filter(id => !over.has(id))
    }
    async function endRemaining (): Promise<void> {
      const { ended, failure } = await revocation.revokeAll(remaining())
      for (const id of ended) over.add(id)
      err = failure
    }
    async function forgetOver (): Promise<void> {
      record = await bestEffort(registry.forget(session, over), session, NOT_FORGOTTEN) ?? record
    }

    try {
      record = await registry.read(session)
      await endRemaining()
    } finally { // also where the store fails
      runs.delete(session.id)
    }
    // As late as can be: an exchange that begins afterwards does not tell the mark from one of an earlier logout.
    await bestEffort(registry.markLogout(session), session, NOT_MARKED)
    await forgetOver()
    if (err === undefined && remaining().length > 0) { // exchanged meanwhile
      await endRemaining()
      await forgetOver()
    }
    const counts = { ended: over.size, remaining: remaining().length }
    if (err === undefined) session.log.info(counts, 'signed out of Metabase')
    else session.log.warn({ err, ...counts }, 'some Metabase sessions could not be ended at a logout')
    return { ...counts, logoutUrl }
  }

  return async session => {
    if (session === undefined) return { ended: 0, remaining: 0, logoutUrl }
    const run = runs.get(session.id) ?? endAll(session)
    runs.set(session.id, run)
    return await run
  }
}

const NOT_MARKED = 'a logout could not be noted: a Metabase session that is being exchanged may outlive it'
const NOT_FORGOTTEN = 'Metabase sessions that are over could not be forgotten'
