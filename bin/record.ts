import type { Dispatcher } from 'undici'
import { diagnose } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest } from '../lib/diagnosis/report.js'
import { mediaType, type Response } from '../lib/metabase/transport.js'
import { VERSION } from '../lib/package.js'
import { startMetabase, type MetabaseVersion } from '../testing/index.js'
import { versions } from '../testing/versions.js'
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

  const tag = report.version ?? ''
  const standInVersion = versionOf(tag)
  const differences = standInVersion === undefined ? [] : compare(calls, await playBack(standInVersion))
  const heading = { package: VERSION, metabase: report.version ?? null, standIn: standInVersion ?? null }
  await write(`${JSON.stringify({ ...heading, calls, differences }, undefined, 2)}\n`)
  for (const difference of differences) note(`otherwise than the stand-in ${standInVersion}: ${difference}`)
  return report

  async function playBack (version: MetabaseVersion): Promise<RecordedCall[]> {
    const [secret = 'no key was given for the sign-in', embeddingSecret] =
      [settings.secret, settings.guestSecret].map(keys => Array.isArray(keys) ? String(keys[0]) : undefined)
    const standIn = await startMetabase({ secret, embeddingSecret, version })
    try {
      standIn.settings.release = tag.replace(/^v\d+\./, '')
      if (tag.startsWith('v0.')) standIn.settings.edition = 'open-source'
      const played: RecordedCall[] = []
      const instance = { instanceUrl: standIn.url, publicUrl: standIn.url }
      const wrap = recorder(standIn.url, played, scrubber)
      await diagnose({ ...settings, ...instance }, { ...request, wrap })
      return played
    } finally {
      await standIn.close()
    }
  }
}

/** Finds the version that behaves as a release does. @param tag such as v1.58.2 */
function versionOf (tag: string): MetabaseVersion | undefined {
  const major = Number(/^v\d+\.(\d+)/.exec(tag)?.[1])
  return (Object.keys(versions) as MetabaseVersion[]).findLast(version => Number(version.slice(1)) <= major)
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
  let headers: Response['headers'] = {}
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
      const type = mediaType(headers['content-type'])
      const body = scrubber.body(Buffer.concat(chunks).toString(), type)
      done({ status, type, headers: Object.keys(headers).sort(), body })
      handler.onResponseEnd?.(...args)
    },
    onResponseError: (...args) => handler.onResponseError?.(...args)
  }
}
