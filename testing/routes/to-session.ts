import type { FastifyInstance } from 'fastify'
import { send, text } from '../answer.js'
import type { Instance } from '../instance.js'
import { readJwt } from '../login/jwt.js'
import { logIn } from '../login/login.js'
import { Refused } from '../failures/refusals.js'
import { jwtIn } from '../request.js'

/**
 * Adds `POST /auth/sso/to_session` (metabase PR 61540). It asks for no client header and no embedding switch;
 * its body is checked before anything else.
 */
export function toSessionRoute (app: FastifyInstance, metabase: Instance): void {
  app.post('/auth/sso/to_session', async (request, reply) => {
    if (!metabase.can('to_session')) return send(reply, text(404, 'Not found.'))
    const jwt = jwtIn(request.body)
    if (jwt === undefined) throw new Refused('jwt-missing')
    if (!metabase.jwtOn) throw new Refused('jwt-disabled')
    return { session_token: logIn(metabase, readJwt(app, metabase, jwt)).id }
  })
}
