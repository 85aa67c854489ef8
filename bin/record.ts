import { randomBytes } from 'node:crypto'
import { Agent, type Dispatcher } from 'undici/index.js' // the bare name is Bun's own module
import { diagnose } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisReport, DiagnosisRequest } from '../lib/diagnosis/report.js'
import { mediaType, type Response } from '../lib/metabase/transport.js'
import { VERSION } from '../lib/package.js'
import { startMetabase, type MetabaseVersion } from '../testing/index.js'
import { versionOf } from '../testing/versions.js'
import type { DoctorCommand } from './arguments.js'
import { compare, COMPARED } from './compare.js'
import { scrubBody, scrubPath, scrubTag } from './scrub.js'

/** What Metabase answered to one request, without values. */
export interface RecordedCall {
  /** Method and path, with the names in the query. */
  request: string
  status: number
  /** Media type without parameters. */
  type: string
  /** Names of those that clients depend on. */
  headers: readonly string[]
  body: unknown
}

type Examine = (more?: Pick<DiagnosisRequest, 'wrap'>) => Promise<DiagnosisReport>

/**
 * Examines Metabase, and records what it answers. Then a stand-in of the same version is asked the same, and what it
 * answers otherwise is listed: there, the stand-in is wrong, or the Metabase is set up in another way.
 * @param write writes the file
 */
export async function record (
  { settings, request }: DoctorCommand, examine: Examine, write: (text: string) => Promise<void>,
  note: (text: string) => void
): Promise<DiagnosisReport> {
  const calls: RecordedCall[] = []
  const report = await examine({ wrap: recorder(settings.instanceUrl, calls) })

  const tag = report.version === undefined ? '' : scrubTag(report.version)
  const standInVersion = versionOf(Number(/^v\d+\.(\d+)/.exec(tag)?.[1])) // NaN: none
  const differences = standInVersion === undefined ? [] : compare(calls, await playBack(standInVersion))
  const heading = { package: VERSION, metabase: tag === '' ? null : tag, standIn: standInVersion ?? null }
  await write(`${JSON.stringify({ ...heading, calls, differences }, undefined, 2)}\n`)
  for (const difference of differences) note(`otherwise than the stand-in ${standInVersion}: ${difference}`)
  return report

  async function playBack (version: MetabaseVersion): Promise<RecordedCall[]> {
    // Its keys are random: the app's own are for Metabase alone.
    const standIn = await startMetabase({ secret: randomBytes(32).toString('hex'), version })
    const dispatcher = new Agent() // never through a proxy of the environment
    try {
      standIn.settings.release = tag.replace(/^v\d+\./, '')
      if (tag.startsWith('v0.')) standIn.settings.edition = 'open-source'
      standIn.settings.corsOrigins = [...settings.origins ?? []]
      const played: RecordedCall[] = []
      const instance = { instanceUrl: standIn.url, publicUrl: standIn.url, dispatcher }
      const keys = {
        secret: settings.secret && [standIn.secret] as const,
        guestSecret: settings.guestSecret && [standIn.embeddingSecret] as const
      }
      await diagnose({ ...settings, ...instance, ...keys }, { ...request, wrap: recorder(standIn.url, played) })
      return played
    } finally {
      await dispatcher.destroy()
      await standIn.close()
    }
  }
}

/** Records the calls to one instance. */
const recorder = (instanceUrl: string, calls: RecordedCall[]) => {
  const { origin: instance, pathname } = new URL(instanceUrl)
  const basePath = pathname.replace(/\/$/, '')
  return (dispatcher: Dispatcher): Dispatcher => dispatcher.compose(dispatch => (options, handler) => {
    const { method, path, origin } = options
    if (String(origin) !== instance) return dispatch(options, handler) // the app's
    const request = `${method} ${scrubPath(path.slice(basePath.length))}`
    return dispatch(options, recording(handler, response => calls.push({ request, ...response })))
  })
}

/** Passes a response on, and tells of it when it has ended. */
function recording (
  handler: Dispatcher.DispatchHandler, done: (response: Omit<RecordedCall, 'request'>) => void
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
      const body = scrubBody(Buffer.concat(chunks).toString(), type)
      done({ status, type, headers: COMPARED.filter(name => headers[name] !== undefined), body })
      handler.onResponseEnd?.(...args)
    },
    onResponseError: (...args) => handler.onResponseError?.(...args)
  }
}
