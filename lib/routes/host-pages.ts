import type { FastifyRequest } from 'fastify'
import { errorCodes, type MetabaseSsoError } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import type { HostRequest } from '../host/functions.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { isPageUrl } from '../options/schema.js'
import type { MaybePromise } from '../timeout.js'

/**
 * Returns the login page with the way back to this request as `return_to`, unless it has one.
 * @param timeout milliseconds that a function may take
 */
export async function loginRedirect (
  loginUrl: NonNullable<ResolvedOptions['loginUrl']>, request: FastifyRequest, timeout: number
): Promise<string> {
  const ask = () => typeof loginUrl === 'string' ? loginUrl : loginUrl(request as HostRequest)
  const target = await pageUrl('loginUrl', ask, timeout)
  const here = target.startsWith('/') ? '' : originOf(request)
  return withQuery(target, query => {
    if (here !== undefined && !query.has('return_to')) query.set('return_to', here + pathOf(request))
  })
}

/**
 * Returns the error page with the error's `code`.
 * @param timeout milliseconds that a function may take
 */
export async function errorRedirect (
  errorUrl: NonNullable<ResolvedOptions['errorUrl']>, error: MetabaseSsoError, request: FastifyRequest, timeout: number
): Promise<string> {
  const ask = () => typeof errorUrl === 'string' ? errorUrl : errorUrl(error, request as HostRequest)
  const target = await pageUrl('errorUrl', ask, timeout)
  return withQuery(target, query => query.set('code', error.code))
}

/**
 * Returns path and query of a request. A request line may hold a complete URL (RFC 9112, 3.2.2): which host it names is
 * not for the client to say.
 */
export function pathOf ({ originalUrl }: FastifyRequest): string {
  const path = originalUrl.replace(/^(?:[a-z][a-z0-9+.-]*:\/\/[^/?]*)?[/\\]*/i, '/')
  return relative(new URL(path, NO_HOST))
}

/** Returns undefined for what a client sent through a proxy that does not set these headers, and is no origin. */
function originOf ({ protocol, host }: FastifyRequest): string | undefined {
  const origin = `${protocol}://${host}`
  return /^https?:\/\/[^/\\@?#]+$/i.test(origin) && URL.canParse(origin) ? new URL(origin).origin : undefined
}

async function pageUrl (option: string, ask: () => MaybePromise<unknown>, timeout: number): Promise<string> {
  const target = await callHost(ask, timeout, cause => new errorCodes.METABASE_SSO_PAGE_URL_FAILED(option, { cause }))
  if (!isPageUrl(target)) throw new errorCodes.METABASE_SSO_PAGE_URL_FAILED(option)
  return target
}

function withQuery (target: string, change: (query: URLSearchParams) => void): string {
  const url = new URL(target, NO_HOST)
  change(url.searchParams)
  return target.startsWith('/') ? relative(url) + url.hash : url.href
}

const NO_HOST = 'http://no-host.invalid'

/** A path that begins with more slashes leads to another host; `/.//host` comes out as one. */
const relative = ({ pathname, search }: URL): string => pathname.replace(/^\/+/, '/') + search
