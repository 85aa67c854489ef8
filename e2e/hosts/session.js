import cookie from '@fastify/cookie'
import session from '@fastify/session'
import metabaseSso from 'fastify-metabase-sso'
import { findPerson, toClaims } from './people.js'

/**
 * A host app with sessions in a cookie: the quick start of the README.
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options of the plugin
 * @param {() => string} home URL of its front end
 */
export async function sessionHost (app, options, home) {
  await app.register(cookie)
  await app.register(session, { secret: 'a session secret of the host app, longer than 32 characters', cookie: { secure: false } })
  await app.register(metabaseSso, { ...options, mapUserToClaims: toClaims })

  app.post('/login', async (request, reply) => {
    await request.session.regenerate()
    request.session.user = findPerson(request.body.email)
    return reply.redirect(home(), 303)
  })
  app.post('/logout', async (request, reply) => {
    await request.session.destroy()
    return reply.redirect(home(), 303)
  })
}
