import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import type { MaybePromise } from '../timeout.js'
import { isOwnPage, type OriginPolicy } from './cors.js'
import { responseType } from './response-type.js'

/**
 * Keeps pages of other sites from acting for the user (CSRF). Browsers add to each request which page makes it, and
 * how. A request that says nothing comes from a program, which has no cookies but its own.
 * @param isAllowed whether `origin` lists the page's origin
 */
export function checkPage (request: FastifyRequest, isAllowed: OriginPolicy): MaybePromise<void> {
  const { method, headers: { 'sec-fetch-mode': mode } } = request
  if (isPrefetch(request.headers)) throw new errorCodes.METABASE_SSO_PREFETCH()
  // Any page may link to Metabase, and show it in a frame. Browsers that send no metadata send no Origin with these, as
  // our own pages do.
  if (mode !== undefined && method === 'GET' && responseType(request) === 'redirect') return
  // No page needs `no-cors` (an image, a script) or `websocket` here, be it our own. sendBeacon() posts by `no-cors`.
  const isFetch = method === 'POST' || mode === undefined || ['cors', 'same-origin', 'navigate'].includes(String(mode))
  if (!isFetch) throw new errorCodes.METABASE_SSO_CROSS_SITE('has a mode such as no-cors, as images and WebSockets have')
  const allowed = isOwnPage(request) || isAllowed(request)
  if (typeof allowed === 'boolean') return requireAllowed(allowed, request)
  return allowed.then(answer => requireAllowed(answer, request))
}

function requireAllowed (isAllowed: boolean, { headers: { origin } }: FastifyRequest): void {
  if (isAllowed) return
  const problem = origin === undefined ? 'has another origin' : `has the origin ${origin.slice(0, 200)}`
  throw new errorCodes.METABASE_SSO_CROSS_SITE(problem)
}

/** Not a fetch or a frame of a prerendered page: the SDK asks once, and the page is shown with what it got. */
function isPrefetch (headers: FastifyRequest['headers']): boolean {
  if (headers['next-router-prefetch'] !== undefined || headers.rsc !== undefined) return true
  const { 'sec-fetch-mode': mode, 'sec-fetch-dest': destination } = headers
  const isOfPage = mode === undefined || mode === 'no-cors' || destination === 'document'
  return isOfPage && ['sec-purpose', 'purpose', 'x-moz'].some(name => /prefetch/i.test(String(headers[name])))
}
