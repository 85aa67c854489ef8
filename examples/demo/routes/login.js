import formbody from '@fastify/formbody'
import { people } from '../people.js'

const body = {
  type: 'object',
  required: ['email'],
  properties: { email: { type: 'string', enum: people.map(({ email }) => email) } }
}

/**
 * Signing in to the host app and out of it, by plain HTML forms; both lead to the page `home`. Metabase's sessions end
 * first, as with the app's own session goes what is known of them.
 */
export async function loginRoutes (app, { home }) {
  await app.register(formbody) // in this scope alone

  app.post('/login', { schema: { body } }, async (request, reply) => {
    await app.metabaseSso.revoke(request)
    await request.session.regenerate() // a new session for a new person
    request.session.set('user', people.find(({ email }) => email === request.body.email))
    return reply.redirect(home, 303)
  })

  app.post('/logout', async (request, reply) => {
    await app.metabaseSso.revoke(request)
    await request.session.destroy()
    return reply.redirect(home, 303)
  })
}
