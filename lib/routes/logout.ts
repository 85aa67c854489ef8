import type { FastifyInstance } from 'fastify'
import type { Logout } from '../sessions/logout.js'
import type { ResolvedOptions } from '../options/schema.js'
import { failureHandler } from './error-handler.js'
import { addRoute, below } from './route.js'
import { checkSameSite } from './csrf.js'
import { logoutSchema } from './schemas.js'

/** `POST <path>/logout`. Nobody need be signed in: then there is nothing to end. */
export function logoutRoute (scope: FastifyInstance, { path, origin, logout }: ResolvedOptions, { end }: Logout): void {
  // Whatever body a front end sends along is of no interest.
  scope.removeAllContentTypeParsers()
  scope.addContentTypeParser('*', (_request, payload, done) => { payload.resume(); done(null) })

  addRoute(scope, {
    method: 'POST',
    url: (typeof logout === 'object' ? logout.path : undefined) ?? below(path, 'logout'),
    origin,
    schema: logoutSchema,
    errorHandler: failureHandler('signing out of Metabase'),
    async handler (request) {
      checkSameSite(request, origin)
      return await end(request)
    }
  })
}
