import type { FastifyRequest } from 'fastify'
import { errorCodes, type MetabaseSsoError } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { isPageUrl } from '../options/schema.js'
import type { MaybePromise } from '../timeout.js'

/**
 * Returns the login page with the way back to this request as `return_to`, unless it has one.
 * @param timeout milliseconds that a function may take
 * @throws METABASE_SSO_PAGE_URL_FAILED
 */
export async function loginRedirect (
  loginUrl: NonNullable<ResolvedOptions['loginUrl']>, request: FastifyRequest, timeout: number
): Promise<string> {
  const target = await pageUrl('loginUrl', () => isFixed(loginUrl) ? loginUrl : loginUrl(request), timeout)
  const here = target.startsWith('/') ? '' : `${request.protocol}://${request.host}`
  return withQuery(target, query => query.has('return_to') || query.set('return_to', here + pathOf(request)))
}

/**
 * Returns the error page with the error's `code`.
 * @param timeout milliseconds that a function may take
 * @throws METABASE_SSO_PAGE_URL_FAILED
 */
export async function errorRedirect (
  errorUrl: NonNullable<ResolvedOptions['errorUrl']>, error: MetabaseSsoError, request: FastifyRequest, timeout: number
): Promise<string> {
  const target = await pageUrl('errorUrl', () => isFixed(errorUrl) ? errorUrl : errorUrl(error, request), timeout)
  return withQuery(target, query => query.set('code', error.code))
}

/**
 * Returns path and query of a request. A request line may hold a complete URL (RFC 9112, 3.2.2): which host it names is
 * not for the client to say.
 */
export const pathOf = ({ originalUrl }: FastifyRequest): string =>
  oneSlash(originalUrl.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?]*/i, ''))

const isFixed = (url: unknown): url is string => typeof url === 'string'

async function pageUrl (option: string, ask: () => MaybePromise<unknown>, timeout: number): Promise<string> {
  const target = await callHost(ask, timeout, cause => new errorCodes.METABASE_SSO_PAGE_URL_FAILED(option, { cause }))
  if (!isPageUrl(target)) throw new errorCodes.METABASE_SSO_PAGE_URL_FAILED(option)
  return target
}

function withQuery (target: string, change: (query: URLSearchParams) => unknown): string {
  const url = new URL(target, 'http://relative.invalid')
  change(url.searchParams)
  return target.startsWith('/') ? oneSlash(url.pathname) + url.search + url.hash : url.href
}

/** A path that begins with more slashes leads to another host; `/.//host` comes out as one. */
const oneSlash = (path: string): string => path.replace(/^\/+/, '/')
