import jwt from '@fastify/jwt'
import metabaseSso from 'fastify-metabase-sso'
import { findPerson, toClaims } from './people.js'

/**
 * A host app without cookies: bearer tokens, made and checked by an @fastify/jwt of its own.
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options of the plugin
 * @param {() => string} home URL of its front end
 */
export async function bearerHost (app, options, home) {
  await app.register(jwt, { secret: 'a secret of the host app, which Metabase does not know' })
  await app.register(metabaseSso, {
    ...options,
    getUser: async request => findPerson((await request.jwtVerify()).sub),
    mapUserToClaims: toClaims
  })

  app.post('/login', async (request, reply) => {
    reply.header('access-control-allow-origin', new URL(home()).origin)
    return { token: app.jwt.sign({ sub: request.body.email }) }
  })
}
