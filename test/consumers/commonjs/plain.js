const cookie = require('@fastify/cookie')
const session = require('@fastify/session')
const Fastify = require('fastify')
const metabaseSso = require('fastify-metabase-sso')

const { SESSION_SECRET, METABASE_JWT_SHARED_SECRET, METABASE_INSTANCE_URL, PORT } = process.env

async function start () {
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, { secret: SESSION_SECRET, cookie: { secure: 'auto' }, saveUninitialized: false })
  await app.register(metabaseSso, { secret: METABASE_JWT_SHARED_SECRET, instanceUrl: METABASE_INSTANCE_URL })
  app.post('/login', async (request, reply) => {
    request.session.user = { email: request.body.email }
    return await reply.code(204).send()
  })
  await app.listen({ port: Number(PORT) })
}

start()
