import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import { isAllowedOrigin, type Origin } from '../options/origin.js'

/**
 * Keeps other sites' pages from acting for the user (CSRF). Browsers say from where a POST comes; what says
 * nothing is no browser, and has no cookies but its own.
 * @param allowed origins of front ends, which may be on another site
 * @throws METABASE_SSO_CROSS_SITE
 */
export function checkSameSite (request: FastifyRequest, allowed: readonly Origin[]): void {
  const { origin, 'sec-fetch-site': site } = request.headers
  if (isAllowedOrigin(allowed, origin)) return
  const isOwn = site === undefined
    ? origin === undefined || origin === `${request.protocol}://${request.host}`
    : site === 'same-origin' || site === 'same-site' || site === 'none'
  if (!isOwn) throw new errorCodes.METABASE_SSO_CROSS_SITE()
}
