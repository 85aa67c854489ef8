import type { Test } from 'tap'
import { checkIds, checkRows, type CheckId } from '../../lib/diagnosis/checks.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest, DiagnosisSettings } from '../../lib/diagnosis/report.js'
import { requestRows } from '../../lib/errors.js'
import { docsUrl } from '../../lib/package.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { DETAILS } from './faults/details.js'
import { ORIGIN, SECRET, searchForSecrets, standIn } from './host.js'

/** A stand-in and an app's settings for it, between which all is right. */
export interface Setup {
  metabase: MetabaseStandIn
  settings: DiagnosisSettings
}

/** Something that is set up wrong, and what its check says to do about it. */
export interface Fault<Case extends Setup = Setup> {
  check: CheckId
  /** Of the check's row, or the code of an error. */
  problem: string
  version?: MetabaseStandIn['version']
  /** Of the run. Default: none, or that of the table. */
  request?: DiagnosisRequest
  seed (setup: Case, t: Test): unknown
  /** Follows the check's `fix` to the letter. */
  mend (setup: Case, t: Test): unknown
}

export async function setUp (t: Test, version?: MetabaseStandIn['version']): Promise<Setup> {
  const metabase = await standIn(t, version === undefined ? {} : { version })
  metabase.settings.corsOrigins = [ORIGIN]
  const guestSecret = [metabase.embeddingSecret] as const
  return {
    metabase,
    settings: { instanceUrl: metabase.url, secret: [SECRET], guestSecret, origins: [ORIGIN], path: '/sso/metabase' }
  }
}

/** The checks that neither passed nor were skipped: `id status`. */
export const faultsOf = ({ checks }: DiagnosisReport): string[] =>
  checks.filter(({ status }) => status === 'fail' || status === 'warn').map(({ id, status }) => `${id} ${status}`)

/** What cannot be said where these are not known: all that depends on them. */
export function dependantsOf (...ids: string[]): Set<string> {
  const out = new Set(ids)
  for (const id of checkIds) if (checkRows[id].needs.some(need => out.has(need))) out.add(id)
  for (const id of ids) out.delete(id)
  return out
}

/** Asserts that a fault makes its own check speak and no other, and that its fix turns the run green. */
export async function checkFault<Case extends Setup> (
  t: Test, fault: Fault<Case>, setup: Case, request: DiagnosisRequest = fault.request ?? {}
): Promise<void> {
  const { check, problem } = fault
  const known: Readonly<Record<string, { hint: string }>> = requestRows
  const error = known[problem]
  const row: {
    problems: Readonly<Record<string, { summary: string, fix: string, isWarning?: true }>>
  } = checkRows[check]
  const { summary, fix, isWarning } = error !== undefined
    ? { summary: /./, fix: error.hint }
    : row.problems[problem] ?? { summary: 'no such problem', fix: '' }

  await fault.seed(setup, t)
  const report = await diagnose(setup.settings, request)
  const { secret, guestSecret } = setup.settings
  searchForSecrets([JSON.stringify(report)], [secret, guestSecret].flat().map(key => String(key).trim()))
  t.strictSame(faultsOf(report), [`${check} ${isWarning ? 'warn' : 'fail'}`])
  const told = report.checks.find(({ id }) => id === check)
  t.match(told, { summary, fix, docs: docsUrl('troubleshooting.md', check) })
  t.match(String(told?.detail), DETAILS[`${check} ${problem}`] ?? /^undefined$/)
  t.equal(report.ok, isWarning === true)

  await fault.mend(setup, t)
  const mended = await diagnose(setup.settings, request)
  t.strictSame(faultsOf(mended), [])
  t.equal(mended.ok, true)
  t.equal(mended.checks.find(({ id }) => id === check)?.status, 'pass')
  // Nothing but what depends on the fault was skipped for it.
  const dependants = isWarning ? new Set<string>() : dependantsOf(check)
  const toSkip = [...skippedIn(mended), ...dependants].filter(id => report.checks.some(check => check.id === id))
  t.strictSame(new Set(skippedIn(report)), new Set(toSkip))
}

const skippedIn = ({ checks }: DiagnosisReport): string[] =>
  checks.filter(({ status }) => status === 'skip').map(({ id }) => id)
