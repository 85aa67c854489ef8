import type { FastifyInstance } from 'fastify'
import type { ResolvedOptions } from '../options/resolve.js'
import type { Logout } from '../sessions/logout.js'
import type { OriginPolicy } from './cors.js'
import { createErrorHandler } from './error-handler.js'
import { addRoute, MAX_BODY_BYTES } from './route.js'
import { logoutSchema } from './schemas.js'
import { sendJson } from './send-json.js'

type LogoutRouteOptions = NonNullable<ResolvedOptions['logout']> & Pick<ResolvedOptions, 'hostSessions'>

/** Adds `POST <path>/logout`. A visitor has nothing to end. */
export async function addLogoutRoute (
  scope: FastifyInstance, options: LogoutRouteOptions, isAllowed: OriginPolicy, logout: Logout
): Promise<void> {
  await addRoute(scope, {
    method: 'POST',
    url: options.path,
    routeConfig: options.routeConfig,
    isAllowed,
    schema: logoutSchema,
    errorHandler: createErrorHandler('signing out of Metabase'),
    // Whatever body a front end sends along is ignored, but has to end.
    addParsers (scope) {
      scope.removeAllContentTypeParsers()
      const options = { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES } as const
      scope.addContentTypeParser('*', options, (_request, _body, done) => done(null))
    },
    handler: async (request, reply) => sendJson(reply, await logout(options.hostSessions.of(request)))
  })
}
