import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, MetabaseSsoError } from '../errors.js'

/** The body of every failure; `status` and `message` are those of Metabase's reference document. */
export interface FailureBody {
  status: 'error'
  message: 'not authenticated' | 'authentication failed'
  /** One plain sentence. */
  error: string
  code: string
}

export type ErrorHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => void

/**
 * Logs a failure with its hint, and tells the browser no more than it may know. Errors that are not ours go on to the
 * host's handler.
 * @param what has failed, for the log
 */
export const createErrorHandler = (what: string): ErrorHandler => (thrown, request, reply) => {
  const error = bodyError(thrown)
  if (!(error instanceof MetabaseSsoError)) throw error
  logError(request, error, `${what} failed: ${error.message}`)
  const body: FailureBody = {
    status: 'error',
    message: error.code === 'METABASE_SSO_NOT_AUTHENTICATED' ? 'not authenticated' : 'authentication failed',
    error: error.publicMessage,
    code: error.code
  }
  reply.code(error.statusCode).headers(error.headers ?? {}).send(body)
}

/** Makes our error of Fastify's about a body. */
function bodyError (error: Error & Partial<FastifyError>): Error {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new errorCodes.METABASE_SSO_BODY_TOO_LARGE()
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new errorCodes.METABASE_SSO_BODY_NOT_JSON()
  return String(error.code).startsWith('FST_ERR_CTP_') ? new errorCodes.METABASE_SSO_BODY_INVALID() : error
}

function logError ({ log }: FastifyRequest, error: MetabaseSsoError, message: string): void {
  const { statusCode, code, hint } = error
  if (statusCode < 500) log.info({ err: error }, message)
  // Many requests are rejected at such a time: their stacks say nothing, and would bury the errors of the others.
  else if (statusCode === 503) log.warn({ err: { code, hint } }, message)
  else log.error({ err: error }, message)
}
