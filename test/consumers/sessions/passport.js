// sessions/passport.js
import cookie from '@fastify/cookie'
import passport from '@fastify/passport'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const app = Fastify()
await app.register(cookie)
await app.register(session, { secret: process.env.SESSION_SECRET, cookie: { secure: 'auto' }, saveUninitialized: false })
await app.register(passport.default.initialize())
await app.register(passport.default.secureSession())
passport.default.registerUserSerializer(async user => user.email)
passport.default.registerUserDeserializer(async email => ({ email })) // as your database finds it
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: request => request.user,
  logout: true
})

app.post('/login', async (request, reply) => {
  await request.logIn({ email: request.body.email }) // in place of a strategy
  return await reply.code(204).send()
})
await app.listen({ port: Number(process.env.PORT ?? 3000) })
