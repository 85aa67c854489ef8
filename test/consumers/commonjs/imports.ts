import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso, { errorCodes, metabaseSso as named } from 'fastify-metabase-sso'
import { startMetabase } from 'fastify-metabase-sso/testing'

const { SESSION_SECRET = '', METABASE_INSTANCE_URL = '', PORT } = process.env

async function start (): Promise<void> {
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, { secret: SESSION_SECRET, cookie: { secure: 'auto' }, saveUninitialized: false })
  const secret = process.env.METABASE_JWT_SHARED_SECRET
  await app.register(metabaseSso, { secret, instanceUrl: METABASE_INSTANCE_URL })
  app.post<{ Body: { email: string } }>('/login', async (request, reply) => {
    request.session.user = { email: request.body.email }
    return await reply.code(204).send()
  })
  if (named !== metabaseSso || typeof startMetabase !== 'function' ||
    typeof errorCodes.METABASE_SSO_TIMEOUT !== 'function') {
    throw new Error('an export is missing')
  }
  await app.listen({ port: Number(PORT) })
}

start()
