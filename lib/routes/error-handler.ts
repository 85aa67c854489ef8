import type { FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes, MetabaseSsoError } from '../errors.js'

/** The body of every failure; `status` and `message` are those of Metabase's reference document. */
export interface FailureBody {
  status: 'error'
  message: 'not authenticated' | 'authentication failed'
  /** One plain sentence. */
  error: string
  code: string
}

export type FailureHandler = (error: Error, request: FastifyRequest, reply: FastifyReply) => void

/**
 * Logs a failure with what to do about it, and tells the browser no more than it may know. Others' errors go on to the host's handler.
 * @param what has failed, for the log
 */
export const failureHandler = (what: string): FailureHandler => (error, request, reply) => {
  if (!(error instanceof MetabaseSsoError)) throw error
  logFailure(request, error, `${what} failed: ${error.message}`)
  const body: FailureBody = {
    status: 'error',
    message: error instanceof errorCodes.METABASE_SSO_NOT_AUTHENTICATED ? 'not authenticated' : 'authentication failed',
    error: error.publicMessage,
    code: error.code
  }
  reply.code(error.statusCode).headers(error.headers ?? {}).send(body)
}

function logFailure ({ log }: FastifyRequest, error: MetabaseSsoError, message: string): void {
  const { statusCode, code, hint } = error
  if (statusCode < 500) log.info({ err: error }, message)
  // Turned away, as all are at such a time: their stacks say nothing, and would bury the errors of those who were let through.
  else if (statusCode === 503) log.warn({ err: { code, hint } }, message)
  else log.error({ err: error }, message)
}
