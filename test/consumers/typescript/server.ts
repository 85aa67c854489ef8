import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso, { type Claims, type MetabaseSsoOptions } from 'fastify-metabase-sso'

const { SESSION_SECRET = '', METABASE_INSTANCE_URL = '', PUBLIC_URL, PORT } = process.env

const app = Fastify()
await app.register(cookie)
await app.register(session, { secret: SESSION_SECRET, cookie: { secure: 'auto' }, saveUninitialized: false })
const options: MetabaseSsoOptions = {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: METABASE_INSTANCE_URL,
  publicUrl: PUBLIC_URL,
  logout: true,
  mapUserToClaims: (user): Claims => ({ email: user.email, first_name: undefined, groups: undefined })
}
await app.register(metabaseSso, options)
app.post<{ Body: { email: string } }>('/login', async (request, reply) => {
  request.session.user = { email: request.body.email }
  return await reply.code(204).send()
})
await app.listen({ port: Number(PORT) })
