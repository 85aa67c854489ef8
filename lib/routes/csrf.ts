import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import type { OriginPolicy } from './cors.js'

/**
 * Keeps pages of other sites from acting for the user (CSRF). Browsers say from where a POST comes; a client that says
 * nothing is no browser, and has no cookies but its own.
 * @param isAllowed whether the page's origin is a front end of the app, which may be on another site
 * @throws METABASE_SSO_CROSS_SITE, METABASE_SSO_ORIGIN_FAILED
 */
export async function checkSameSite (request: FastifyRequest, isAllowed: OriginPolicy): Promise<void> {
  if (await isAllowed(request)) return
  const { origin, 'sec-fetch-site': site } = request.headers
  const isOwn = site === undefined
    ? origin === undefined || origin === `${request.protocol}://${request.host}`
    : site === 'same-origin' || site === 'same-site' || site === 'none'
  if (!isOwn) throw new errorCodes.METABASE_SSO_CROSS_SITE()
}
