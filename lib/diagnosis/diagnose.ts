import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { redact, redactError } from '../redact.js'
import { appChecks } from './app.js'
import { checkIds, checkRows, docsOf, type CheckId, type DiagnosisGroup, type Problem } from './checks.js'
import { instanceChecks, tagOf } from './instance.js'
import type { DiagnosisCheck, DiagnosisReport, DiagnosisRequest, DiagnosisSettings } from './report.js'
import { AppUnreachable, createRun, type Checks, type Finding, type Run } from './run.js'
import { secretChecks } from './secrets.js'
import { signInChecks } from './sign-in.js'

const checks: Checks<CheckId> = { ...instanceChecks, ...secretChecks, ...signInChecks, ...appChecks }

/** Lists the origins that an option names. Patterns and functions cannot be asked for what they allow. */
export const exactOrigins = (origin: ResolvedOptions['origin']): string[] =>
  [origin].flat().filter(origin => typeof origin === 'string')

/** @param path of the app's route, prefixes included */
export const settingsOf = (options: ResolvedOptions, path: string): DiagnosisSettings => ({
  ...options,
  path,
  guestSecret: options.guest?.secret,
  origins: exactOrigins(options.origin),
  usesTenants: options.requireTenant,
  timeout: options.timeout * 3
})

/** Lists the checks that a run has, in their order: for progress. */
export function listChecks (settings: DiagnosisSettings, request: DiagnosisRequest = {}): CheckId[] {
  const { only, skip = [] } = request
  const isMeant = (id: CheckId): boolean =>
    !skip.includes(checkRows[id].group) && applies(checkRows[id].group, settings, request)
  const chosen = new Set<string>()
  // Backwards: what a check depends on stands before it.
  for (const id of checkIds.toReversed()) {
    const { group, needs } = checkRows[id]
    const isChosen = only === undefined || only.includes(group) || chosen.has(id)
    if (isChosen && isMeant(id)) for (const name of [id, ...needs]) chosen.add(name)
  }
  return checkIds.filter(id => chosen.has(id) && isMeant(id))
}

function applies (group: DiagnosisGroup, settings: DiagnosisSettings, { claims }: DiagnosisRequest): boolean {
  const { secret, guestSecret, appUrl } = settings
  switch (group) {
    case 'sso':
    case 'secret':
    case 'embedding': return secret !== undefined || guestSecret === undefined
    case 'guest': return guestSecret !== undefined
    case 'sign-in': return claims !== undefined
    case 'app': return appUrl !== undefined
    default: return true
  }
}

/**
 * Finds out what keeps sign-ins from working, by requests of its own: outside of any circuit breaker and queue, one
 * try each, within the timeout. Without `claims` no user is signed in.
 */
export async function diagnose (settings: DiagnosisSettings, request: DiagnosisRequest = {}): Promise<DiagnosisReport> {
  const { timeout = 15_000 } = settings
  const { tolerated = [] } = request
  const isOk = ({ status, group }: DiagnosisCheck): boolean => status !== 'fail' || tolerated.includes(group)
  const deadline = new AbortController()
  const timer = setTimeout(() => deadline.abort(), timeout)
  if (request.isBackground) timer.unref()
  const signal = AbortSignal.any([deadline.signal, request.signal ?? []].flat())
  const run = createRun(settings, request, signal)
  const ended = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new errorCodes.METABASE_SSO_TIMEOUT(`${timeout} ms for all checks`)))
  })
  ended.catch(() => {}) // it may be that no check waits for it
  const results = new Map<string, DiagnosisCheck>()
  try {
    for (const id of listChecks(settings, request)) {
      const cause = causeOf(id, results)
      const isDue = cause === undefined && !signal.aborted
      if (isDue) request.onStart?.(id)
      const found = isDue ? await outcome(id, run, ended) : skipped(id, cause)
      const check: DiagnosisCheck = { id, group: checkRows[id].group, ...found, docs: docsOf(id) }
      results.set(id, check)
      request.onCheck?.(check)
    }
    const tag = results.get('metabase')?.status === 'pass' ? await tagOf(run) : undefined
    return {
      ok: !signal.aborted && [...results.values()].every(isOk),
      ...tag !== undefined && { version: printable(tag) },
      checks: [...results.values()],
      notProven: notProven(settings, results)
    }
  } finally {
    clearTimeout(timer)
    await run.close()
  }
}

/** Finds the check without which another says nothing. Those of groups that are left out stand for their own causes. */
function causeOf (id: string, results: ReadonlyMap<string, DiagnosisCheck>): string | undefined {
  for (const need of checkRows[id as CheckId].needs) {
    const check = results.get(need)
    if (check?.status === 'fail' || check?.status === 'skip') return need
    const cause = check === undefined ? causeOf(need, results) : undefined
    if (cause !== undefined) return cause
  }
  return undefined
}

type Outcome = Pick<DiagnosisCheck, 'status' | 'summary' | 'detail' | 'fix'>

/** @param ended rejects when the run has to end: a look-up of an address cannot be aborted */
async function outcome (id: CheckId, run: Run, ended: Promise<never>): Promise<Outcome> {
  const { title: summary, problems, group } = checkRows[id]
  try {
    const work = checks[id](run)
    // A sign-in that has begun is let to its end, in a time of its own: its session has to be ended.
    const finding: Finding = await (id === 'account' ? work : Promise.race([work, ended]))
    const text = printable(finding.detail ?? '')
    const detail = text === '' ? {} : { detail: text }
    if ('status' in finding) return { status: finding.status, summary, ...detail }
    const { problem } = finding
    const { isWarning = false, ...texts } = problems[problem as keyof typeof problems] as Problem
    return { status: isWarning ? 'warn' : 'fail', ...texts, ...detail }
  } catch (error) {
    const isOfApp = error instanceof AppUnreachable
    if (!isOfApp && !(error instanceof MetabaseSsoError)) return unforeseen(error)
    if (isOfApp || (group === 'app' && run.signal.aborted)) {
      const detail = isOfApp ? error.message : 'the run was over'
      return { status: 'fail', ...checkRows['app-response'].problems.unreachable, detail }
    }
    return { status: 'fail', summary: error.message, fix: error.hint }
  }
}

/** Tells of a fault of the check itself, or of a function of the app. Its message may quote what it was given. */
const unforeseen = (error: unknown): Outcome => ({
  status: 'fail',
  summary: 'the check itself failed, and what it looks at is not known',
  detail: printable(redactError(error, []).name),
  fix: 'Report this with the version of Metabase, unless a function of your own throws such an error.'
})

/** Takes control characters out of a text that may be of another server. */
export const printable = (text: string): string => redact(text.replace(/\p{C}+/gu, ' '), [])

const skipped = (id: CheckId, cause: string | undefined): Outcome => ({
  status: 'skip',
  summary: checkRows[id].title,
  detail: cause === undefined ? 'the run was over' : `the check ${cause} did not pass`
})

function notProven (
  { secret, guestSecret, appUrl, origins = [] }: DiagnosisSettings, results: ReadonlyMap<string, DiagnosisCheck>
): string[] {
  const sentences = ['Whether browsers send the cookies of the app and of Metabase: they have policies of their own.']
  if (secret === undefined && guestSecret === undefined) {
    sentences.push('Whether your key is the one that Metabase has: no `secret` was given (to the doctor: ' +
      'METABASE_JWT_SHARED_SECRET).')
  }
  const account = results.get('account')?.status
  if (account !== 'pass' && account !== 'warn') {
    sentences.push('What a sign-in makes of a user: whether it gets an account (provisioning), groups and attributes.')
  }
  if (origins.length === 0) sentences.push('Whether Metabase lets your front ends in: no exact origin was given.')
  if (appUrl === undefined) sentences.push('What the route of the app answers from outside: its URL was not given.')
  return sentences
}

interface Log {
  warn (fields: object, message: string): void
}

/**
 * Runs the checks that sign no user in, and logs each that fails. It keeps neither the start nor the process waiting.
 * @returns ends the run, after which nothing is logged
 */
export function verifyInBackground (settings: DiagnosisSettings, log: Log): () => Promise<void> {
  const controller = new AbortController()
  const { signal } = controller

  function onCheck ({ id, status, summary, detail, fix, docs }: DiagnosisCheck): void {
    if (status !== 'fail' || signal.aborted) return
    log.warn({ check: id, detail, fix, docs }, `Metabase is not set up for this app: ${summary}. ${fix}`)
  }

  // A log that throws must not end the process.
  const run = diagnose(settings, { signal, isBackground: true, onCheck }).then(() => {}, () => {})
  return async () => {
    controller.abort()
    await run
  }
}
