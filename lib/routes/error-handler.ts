import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { ShowFailure } from './failure-page.js'
import { responseType } from './response-type.js'
import { sendJson } from './send-json.js'

/**
 * The body of every failure; `status` and `message` are those of Metabase's reference document.
 * @example const { code } = await response.json() as FailureBody
 */
export interface FailureBody {
  /** Always the same. */
  status: 'error'
  /** The first for status 401, the second for any other. */
  message: 'not authenticated' | 'authentication failed'
  /** One plain sentence. */
  error: string
  /** Stable, for programs: a {@link MetabaseSsoErrorCode}. */
  code: string
}

export type ErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => void | Promise<void>

/**
 * Logs a failure with its hint, and tells the browser no more than it may know. Errors that are not ours go on to the
 * host's handler.
 * @param what has failed, for the log
 * @param showFailure answers navigations; without it they get JSON like any other request
 */
export const createErrorHandler = (
  what: string, showFailure?: ShowFailure
): ErrorHandler => (thrown, request, reply) => {
  const error = bodyError(thrown)
  if (!(error instanceof MetabaseSsoError)) throw error
  logError(request, error, `${what} failed: ${error.message}`)
  const isSeen = responseType(request) === 'redirect' && !UNSEEN.has(error.code)
  if (showFailure !== undefined && isSeen) return showFailure(error, request, reply)
  const body: FailureBody = {
    status: 'error',
    message: error.code === 'METABASE_SSO_NOT_AUTHENTICATED' ? 'not authenticated' : 'authentication failed',
    error: error.publicMessage,
    code: error.code
  }
  sendJson(reply.code(error.statusCode).headers(error.headers ?? {}), body)
}

/** Makes our error of Fastify's about a body. */
function bodyError (error: Error & Partial<FastifyError>): Error {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new errorCodes.METABASE_SSO_BODY_TOO_LARGE()
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new errorCodes.METABASE_SSO_BODY_NOT_JSON()
  return String(error.code).startsWith('FST_ERR_CTP_') ? new errorCodes.METABASE_SSO_BODY_INVALID() : error
}

/** What a page asked for without a click of its user. */
const UNSEEN: ReadonlySet<string> = new Set(['METABASE_SSO_PREFETCH', 'METABASE_SSO_CROSS_SITE'])

function logError ({ log }: FastifyRequest, error: MetabaseSsoError, message: string): void {
  const { statusCode, code, hint, docs } = error
  if (code === 'METABASE_SSO_PREFETCH') log.debug({ err: error }, message) // one for each link of a page
  else if (statusCode < 500) log.info({ err: error }, message)
  // Many requests are rejected at such a time: their stacks say nothing, and would bury the errors of the others.
  else if (statusCode === 503) log.warn({ err: { code, hint, docs } }, message)
  else log.error({ err: error }, message)
}
