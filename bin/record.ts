import type { Dispatcher } from 'undici'
import { diagnose } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest } from '../lib/diagnosis/report.js'
import { VERSION } from '../lib/package.js'
import { startMetabase, type MetabaseVersion } from '../testing/index.js'
import type { DoctorCommand } from './arguments.js'
import { compare } from './compare.js'
import { createScrubber, type Scrubber } from './scrub.js'

/** What Metabase answered to one request, without values. */
export interface RecordedCall {
  /** Method and path, with the names in the query. */
  request: string
  status: number
  /** Media type without parameters. */
  type: string
  /** Names, in alphabetical order. */
  headers: string[]
  body: unknown
}

type Examine = (more?: Pick<DiagnosisRequest, 'wrap'>) => Promise<DiagnosisReport>

/**
 * Examines Metabase, and records what it answers. Then a stand-in of the same version is asked the same, and what it
 * answers otherwise is listed: there, the stand-in is wrong, or the Metabase is set up in another way.
 * @param write writes the file
 */
export async function record (
  { settings, request, claims }: DoctorCommand, examine: Examine, write: (text: string) => Promise<void>,
  note: (text: string) => void
): Promise<DiagnosisReport> {
  const scrubber = createScrubber(settings, claims)
  const calls: RecordedCall[] = []
  const report = await examine({ wrap: recorder(settings.instanceUrl, calls, scrubber) })

  const standInVersion = versionOf(report.version)
  const differences = standInVersion === undefined ? [] : compare(calls, await playBack(standInVersion))
  const versions = { package: VERSION, metabase: report.version ?? null, standIn: standInVersion ?? null }
  await write(`${JSON.stringify({ ...versions, calls, differences }, undefined, 2)}\n`)
  for (const difference of differences) note(`otherwise than the stand-in ${standInVersion}: ${difference}`)
  return report

  async function playBack (version: MetabaseVersion): Promise<RecordedCall[]> {
    const [secret = 'no key was given for the sign-in', embeddingSecret] =
      [settings.secret, settings.guestSecret].map(keys => Array.isArray(keys) ? String(keys[0]) : undefined)
    const standIn = await startMetabase({ secret, embeddingSecret, version })
    try {
      if (report.version !== undefined) standIn.settings.release = report.version.replace(/^v\d+\./, '')
      standIn.settings.edition = report.version?.startsWith('v0.') === true ? 'open-source' : 'enterprise'
      const played: RecordedCall[] = []
      const instance = { instanceUrl: standIn.url, publicUrl: standIn.url, appUrl: undefined }
      const wrap = recorder(standIn.url, played, scrubber)
      await diagnose({ ...settings, ...instance }, { ...request, wrap })
      return played
    } finally {
      await standIn.close()
    }
  }
}

/** The first versions that behave so. */
const VERSIONS = [50, 55, 56, 58, 61] as const

/** @param tag such as v1.58.2 */
function versionOf (tag: string | undefined): MetabaseVersion | undefined {
  const major = Number(/^v\d+\.(\d+)/.exec(tag ?? '')?.[1])
  const version = VERSIONS.findLast(version => version <= major)
  return version && `v${version}`
}

/** Records the calls to one instance. */
const recorder = (instanceUrl: string, calls: RecordedCall[], scrubber: Scrubber) => {
  const { origin: instance, pathname } = new URL(instanceUrl)
  const basePath = pathname.replace(/\/$/, '')
  return (dispatcher: Dispatcher): Dispatcher => dispatcher.compose(dispatch => (options, handler) => {
    const { method, path, origin } = options
    if (String(origin) !== instance) return dispatch(options, handler) // the app's
    const request = `${method} ${scrubber.path(path.slice(basePath.length))}`
    return dispatch(options, recording(handler, response => calls.push({ request, ...response }), scrubber))
  })
}

/** Passes a response on, and tells of it when it has ended. */
function recording (
  handler: Dispatcher.DispatchHandler, done: (response: Omit<RecordedCall, 'request'>) => void, scrubber: Scrubber
): Dispatcher.DispatchHandler {
  const chunks: Buffer[] = []
  let status = 0
  let headers: Readonly<Record<string, unknown>> = {}
  return {
    onRequestStart: (...args) => handler.onRequestStart?.(...args),
    onResponseStart (...args) {
      [, status, headers] = args
      handler.onResponseStart?.(...args)
    },
    onResponseData (...args) {
      chunks.push(args[1])
      handler.onResponseData?.(...args)
    },
    onResponseEnd (...args) {
      const type = /^[\w.+-]+\/[\w.+-]+/.exec(String(headers['content-type'] ?? ''))?.[0].toLowerCase() ?? ''
      const body = scrubber.body(Buffer.concat(chunks).toString(), type)
      done({ status, type, headers: Object.keys(headers).sort(), body })
      handler.onResponseEnd?.(...args)
    },
    onResponseError: (...args) => handler.onResponseError?.(...args)
  }
}
