import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import { isLoginUrl, type ResolvedOptions } from '../options/schema.js'

/**
 * The login page with the way back to this request attached as `return_to`, unless it has one.
 * @throws METABASE_SSO_LOGIN_URL_FAILED
 */
export async function loginRedirect (loginUrl: NonNullable<ResolvedOptions['loginUrl']>, request: FastifyRequest): Promise<string> {
  const target = typeof loginUrl === 'string' ? loginUrl : await callLoginUrl(loginUrl, request)
  // A request line may hold a complete URL (RFC 9112, 3.2.2): whose host it names is not for the client to say.
  const back = oneSlash(request.originalUrl.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, ''))
  const here = `${request.protocol}://${request.host}`
  const url = new URL(target, 'http://relative.invalid')
  const isPath = target.startsWith('/')
  if (!url.searchParams.has('return_to')) url.searchParams.set('return_to', isPath ? back : here + back)
  return isPath ? oneSlash(url.pathname) + url.search + url.hash : url.href
}

/** A path that begins with more slashes leads to another host; `/.//host` comes out as one. */
const oneSlash = (path: string): string => path.replace(/^\/+/, '/')

async function callLoginUrl (loginUrl: (request: FastifyRequest) => unknown, request: FastifyRequest): Promise<string> {
  let target: unknown
  try {
    target = await loginUrl(request)
  } catch (cause) {
    throw new errorCodes.METABASE_SSO_LOGIN_URL_FAILED({ cause })
  }
  if (!isLoginUrl(target)) throw new errorCodes.METABASE_SSO_LOGIN_URL_FAILED()
  return target
}
