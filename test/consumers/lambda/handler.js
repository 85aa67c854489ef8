// lambda/handler.js
import awsLambdaFastify from '@fastify/aws-lambda'
import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const app = Fastify({ trustProxy: true })
await app.register(cookie)
await app.register(session, { secret: process.env.SESSION_SECRET, cookie: { secure: 'auto' }, saveUninitialized: false })
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL
})
app.post('/login', async (request, reply) => {
  request.session.user = { email: request.body.email }
  return await reply.code(204).send()
})

export const handler = awsLambdaFastify(app)
await app.ready() // in the cold start, not in the first request
