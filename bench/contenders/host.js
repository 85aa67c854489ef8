import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import { findUser, sessionOptions } from '../settings.js'

/** The Fastify app that the plugin and both floors stand in: sessions, a login, no logger. */
export async function createHost () {
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, sessionOptions)
  app.get('/login', async (request, reply) => {
    request.session.user = findUser(request.query.user)
    return reply.code(204).send()
  })
  app.get('/other', async () => 'another route of the app')
  return app
}

/** @returns {Promise<string>} its URL */
export const listen = app => app.listen({ host: '127.0.0.1', port: 0 })
