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
  const url = new URL(target, RELATIVE)
  const isPath = target.startsWith('/')
  const here = isPath ? '' : originOf(request)
  // A request line may hold a complete URL (RFC 9112, 3.2.2): which host it names is not for the client to say.
  const path = request.originalUrl.replace(/^(?:[a-z][a-z0-9+.-]*:\/\/[^/?]*)?[/\\]*/i, '/')
  const back = pathOf(new URL(path, RELATIVE))
  if (here !== undefined && !url.searchParams.has('return_to')) url.searchParams.set('return_to', here + back)
  return isPath ? pathOf(url) + url.hash : url.href
}

const RELATIVE = 'http://relative.invalid'

/** A path that begins with more slashes leads to another host; `/.//host` comes out as one. */
const pathOf = ({ pathname, search }: URL): string => pathname.replace(/^\/+/, '/') + search

/** Returns undefined for what a client sent through a proxy that does not set these headers, and is no origin. */
function originOf ({ protocol, host }: FastifyRequest): string | undefined {
  const origin = `${protocol}://${host}`
  return /^https?:\/\/[^/\\@?#]+$/i.test(origin) && URL.canParse(origin) ? new URL(origin).origin : undefined
}
