import type { FastifyInstance } from 'fastify'
import { errorCodes } from '../errors.js'
import type { GuestIssuer } from '../guest/issuer.js'
import { readItem, resourceOf } from '../guest/item.js'
import { checkParams } from '../guest/params.js'
import { askPermission, findUser } from '../host/callbacks.js'
import type { GuestItem, GuestParams, HostRequest } from '../host/functions.js'
import type { ResolvedGuestOptions, ResolvedOptions } from '../options/resolve.js'
import { isPlainObject } from '../values.js'
import type { OriginPolicy } from './cors.js'
import { createErrorHandler } from './error-handler.js'
import { addRoute, MAX_BODY_BYTES } from './route.js'
import { guestSchema } from './schemas.js'
import { sendJson } from './send-json.js'

interface Parts {
  options: Pick<ResolvedOptions, 'getUser' | 'timeout'>
  guest: ResolvedGuestOptions
  isAllowed: OriginPolicy
  issuer: GuestIssuer
}

/** Adds `POST <path>/guest`, which embed.js calls when it loads and after its token has expired (metabase PR 71075). */
export async function addGuestRoute (scope: FastifyInstance, parts: Parts): Promise<void> {
  const { options: { getUser, timeout }, guest, isAllowed, issuer } = parts

  await addRoute(scope, {
    method: 'POST',
    url: guest.path,
    routeConfig: guest.routeConfig,
    isAllowed,
    schema: guestSchema,
    errorHandler: createErrorHandler('signing a guest token for Metabase'),
    addParsers: parseJsonAlone,
    async handler (request, reply) {
      const began = performance.now()
      const item = readItem(request.body)
      const { user, visitor } = await findUser(getUser, request, timeout)
      if (visitor !== undefined && !guest.public) throw visitor
      const copy = copyOf(item)
      const authorize = async () => paramsOf(await guest.authorize(user, copy, request as HostRequest))
      const params = await askPermission('guest.authorize', authorize, timeout)
      const jwt = await issuer.sign({ resource: resourceOf(item), params })
      const { entityType, entityId } = item
      const durationMs = Math.round(performance.now() - began)
      request.log.info({ entityType, entityId, durationMs }, 'issued a guest token for Metabase')
      return sendJson(reply, { jwt })
    }
  })
}

/** For the host's function: what it does to its item changes nothing here. */
function copyOf (item: GuestItem): GuestItem {
  try {
    return structuredClone(item)
  } catch { // nested too deeply
    throw new errorCodes.METABASE_SSO_BODY_INVALID()
  }
}

function paramsOf (answer: unknown): GuestParams | undefined {
  if (answer === false || answer === null || answer === undefined) return undefined
  if (isPlainObject(answer)) return checkParams(answer)
  const problem = answer === true ? 'true, which names no locked params' : 'neither an object nor false'
  throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED('guest.authorize', `returned ${problem}`)
}

/** Takes JSON alone, whatever parsers the host has. */
function parseJsonAlone (scope: FastifyInstance): void {
  scope.removeAllContentTypeParsers()
  const parseJson = scope.getDefaultJsonParser('error', 'error')
  const options = { parseAs: 'string', bodyLimit: MAX_BODY_BYTES } as const
  scope.addContentTypeParser('application/json', options, (request, body: string, done) => {
    // The error of this version of Fastify may quote the body.
    parseJson(request, body, (error, value) =>
      done(error === null ? null : new errorCodes.METABASE_SSO_BODY_INVALID(), value))
  })
}
