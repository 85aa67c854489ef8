// sessions/secure-session.js
import { randomBytes, randomUUID } from 'node:crypto'
import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import Keyv from 'keyv'

const app = Fastify()
await app.register(secureSession, { key: randomBytes(32), cookie: { path: '/', httpOnly: true } }) // a key of yours
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: request => request.session.get('user'),
  logout: true,
  store: new Keyv(), // in memory: give it the URI of a Redis, which all processes share
  sessionId: request => request.session.get('id')
})

app.post('/login', async (request, reply) => {
  request.session.set('user', { email: request.body.email }) // as your login finds it
  request.session.set('id', randomUUID()) // a new one at each login
  return await reply.code(204).send()
})
await app.listen({ port: Number(process.env.PORT ?? 3000) })
