import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { isLoginUrl } from '../options/schema.js'

/**
 * Returns the login page with the way back to this request as `return_to`, unless it has one.
 * @param timeout milliseconds that a function may take
 * @throws METABASE_SSO_LOGIN_URL_FAILED
 */
export async function loginRedirect (
  loginUrl: NonNullable<ResolvedOptions['loginUrl']>, request: FastifyRequest, timeout: number
): Promise<string> {
  const target: unknown = typeof loginUrl === 'string'
    ? loginUrl
    : await callHost(() => loginUrl(request), timeout, cause => new errorCodes.METABASE_SSO_LOGIN_URL_FAILED({ cause }))
  if (!isLoginUrl(target)) throw new errorCodes.METABASE_SSO_LOGIN_URL_FAILED()
  // A request line may hold a complete URL (RFC 9112, 3.2.2): which host it names is not for the client to say.
  const back = oneSlash(request.originalUrl.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, ''))
  const here = `${request.protocol}://${request.host}`
  const url = new URL(target, 'http://relative.invalid')
  const isPath = target.startsWith('/')
  if (!url.searchParams.has('return_to')) url.searchParams.set('return_to', isPath ? back : here + back)
  return isPath ? oneSlash(url.pathname) + url.search + url.hash : url.href
}

/** A path that begins with more slashes leads to another host; `/.//host` comes out as one. */
const oneSlash = (path: string): string => path.replace(/^\/+/, '/')
