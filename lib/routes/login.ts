import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import { isLoginUrl, type ResolvedOptions } from '../options.js'

/**
 * The login page with the way back to this request attached as `return_to`, unless it has one.
 * @throws METABASE_SSO_LOGIN_URL_FAILED
 */
export function loginRedirect (loginUrl: NonNullable<ResolvedOptions['loginUrl']>, request: FastifyRequest): string {
  const target = typeof loginUrl === 'string' ? loginUrl : callLoginUrl(loginUrl, request)
  // One leading slash: more would make the way back lead to another host.
  const back = request.originalUrl.replace(/^\/+/, '/')
  const here = `${request.protocol}://${request.host}`
  const url = new URL(target, 'http://relative.invalid')
  const isPath = target.startsWith('/')
  if (!url.searchParams.has('return_to')) url.searchParams.set('return_to', isPath ? back : here + back)
  return isPath ? url.pathname + url.search + url.hash : url.href
}

function callLoginUrl (loginUrl: (request: FastifyRequest) => string, request: FastifyRequest): string {
  let target: unknown
  try {
    target = loginUrl(request)
  } catch (cause) {
    throw new errorCodes.METABASE_SSO_LOGIN_URL_FAILED({ cause })
  }
  if (!isLoginUrl(target)) throw new errorCodes.METABASE_SSO_LOGIN_URL_FAILED()
  return target
}
