// sessions/better-auth.js
import { betterAuth } from 'better-auth'
import { memoryAdapter } from 'better-auth/adapters/memory'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import Keyv from 'keyv'

const auth = betterAuth({
  secret: process.env.SESSION_SECRET,
  baseURL: 'http://localhost:3000',
  database: memoryAdapter({ user: [], session: [], account: [], verification: [] }), // yours
  emailAndPassword: { enabled: true }
})

const app = Fastify()
app.decorateRequest('auth', null)
app.addHook('onRequest', async request => {
  request.auth = await auth.api.getSession({ headers: new Headers(request.headers) })
})
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: request => request.auth?.user,
  mapUserToClaims: user => ({ email: user.email }),
  logout: true,
  store: new Keyv(),
  sessionId: request => request.auth?.session.id
})

app.post('/login', async (request, reply) => {
  const body = { email: request.body.email, password: 'a long password', name: 'Ann' }
  const { headers } = await auth.api.signUpEmail({ body, returnHeaders: true })
  return await reply.header('set-cookie', headers.getSetCookie()).code(204).send()
})
await app.listen({ port: Number(process.env.PORT ?? 3000) })
