import { diagnose } from './diagnose.js'
import type { DiagnosisCheck, DiagnosisSettings } from './report.js'

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
