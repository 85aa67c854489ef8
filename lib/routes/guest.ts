import type { FastifyError, FastifyInstance, FastifyRequest } from 'fastify'
import { askHost } from '../host/authorize.js'
import { errorCodes } from '../errors.js'
import type { GuestIssuer } from '../guest/issuer.js'
import { readItem, resourceOf } from '../guest/item.js'
import type { ResolvedGuestOptions } from '../options/guest.js'
import { checkParams, type GuestParams } from '../guest/params.js'
import { sessionUser } from '../host/session.js'
import type { ResolvedOptions } from '../options/schema.js'
import { isPlainObject } from '../values.js'
import { failureHandler, type FailureHandler } from './error-handler.js'
import { addRoute, below } from './route.js'
import { guestSchema } from './schemas.js'
import { signedInUser } from '../host/user.js'

const MOST_BYTES = 16 * 1024

/** `POST <path>/guest`, which embed.js calls when it loads and whenever its token has expired (metabase PR 71075). */
export function guestRoute (scope: FastifyInstance, options: ResolvedOptions, guest: ResolvedGuestOptions, issuer: GuestIssuer): void {
  const { path, origin, getUser = sessionUser } = options

  // Whatever parsers the host has, this route takes JSON alone.
  scope.removeAllContentTypeParsers()
  const parseJson = scope.getDefaultJsonParser('error', 'error')
  scope.addContentTypeParser('application/json', { parseAs: 'string', bodyLimit: MOST_BYTES }, (request, body: string, done) => {
    // Whatever error this version of Fastify has for it, which may quote the body.
    parseJson(request, body, (error, value) => done(error === null ? null : new errorCodes.METABASE_SSO_BODY_INVALID(), value))
  })

  addRoute(scope, {
    method: 'POST',
    url: guest.path ?? below(path, 'guest'),
    origin,
    schema: guestSchema,
    errorHandler: handleFailure,
    async handler (request) {
      const began = performance.now()
      const item = readItem(request.body)
      const user = await visitor(request)
      const params = await askHost(() => guest.authorize(user, item, request), 'METABASE_SSO_GUEST_NOT_AUTHORIZED', paramsOf)
      const jwt = await issuer.sign({ resource: resourceOf(item), params })
      const { entityType, entityId } = item
      request.log.info({ entityType, entityId, durationMs: Math.round(performance.now() - began) }, 'gave out a guest token for Metabase')
      return { jwt }
    }
  })

  async function visitor (request: FastifyRequest): Promise<unknown> {
    try {
      return await signedInUser(getUser, request)
    } catch (error) {
      if (guest.public && error instanceof errorCodes.METABASE_SSO_NOT_AUTHENTICATED) return null
      throw error
    }
  }
}

function paramsOf (answer: unknown): GuestParams {
  if (!isPlainObject(answer)) throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED()
  return checkParams(answer)
}

const logFailure = failureHandler('a guest token for Metabase')

const handleFailure: FailureHandler = (error, request, reply) => logFailure(bodyError(error), request, reply)

/** Fastify's errors about a body, as ours. */
function bodyError (error: Error & Partial<FastifyError>): Error {
  if (error.code === 'FST_ERR_CTP_BODY_TOO_LARGE') return new errorCodes.METABASE_SSO_BODY_TOO_LARGE()
  if (error.code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') return new errorCodes.METABASE_SSO_BODY_NOT_JSON()
  return String(error.code).startsWith('FST_ERR_CTP_') ? new errorCodes.METABASE_SSO_BODY_INVALID() : error
}
