import type { FastifyInstance } from 'fastify'
import type { Instance } from '../instance.js'
import { readJwt, type Claims } from '../login/jwt.js'
import { logIn } from '../login/login.js'
import { Refused } from '../refusals.js'
import { jwtIn } from '../request.js'
import { checkLicence } from './sso.js'

/**
 * Adds `POST /auth/sso/to_session` (metabase PR 61540).
 *
 * Inferred: whatever is wrong with signature or times is "invalid"; accounts and tenants are refused
 * as on `/auth/sso`; the embedding switches do not matter here.
 */
export function toSessionRoute (app: FastifyInstance, metabase: Instance): void {
  function read (jwt: string): Claims {
    try {
      return readJwt(app, metabase, jwt)
    } catch (refused) {
      throw metabase.settings.toSessionAnswer === 'full' ? new Refused('to-session-invalid') : refused
    }
  }

  app.post('/auth/sso/to_session', async (request, reply) => {
    if (!metabase.can('to_session')) return reply.callNotFound()
    checkLicence(metabase)
    if (!metabase.settings.jwtSso) throw new Refused('to-session-disabled')
    const jwt = jwtIn(request.body)
    if (jwt === undefined) throw new Refused('to-session-missing')
    const claims = read(jwt)
    const { id } = logIn(metabase, claims)
    return metabase.settings.toSessionAnswer === 'full'
      ? { session_token: id, exp: claims.exp, iat: claims.iat }
      : { session_token: id }
  })
}
