// Sessions in Redis: any number of processes share one login, which outlives each of them.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import { RedisStore } from 'connect-redis'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { createClient } from 'redis'

const {
  SESSION_SECRET, REDIS_URL, TRUST_PROXY = '', FRONT_END = 'http://localhost:9090', HOST = 'localhost', PORT = '3000'
} = process.env
if (!SESSION_SECRET) {
  throw new Error(
    'Set SESSION_SECRET: 32 characters or more that nobody can guess, the same for each process'
  )
}
if (!REDIS_URL) throw new Error('Set REDIS_URL, such as redis://localhost:6379')

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', teams: ['Sales'] },
  { email: 'bao.tran@example.com', firstName: 'Bao', teams: ['Support', 'Editors'] }
]

// The load balancer knows whether a visitor came by https: TRUST_PROXY is its address.
const app = Fastify({ logger: true, trustProxy: TRUST_PROXY })

const redis = createClient({ url: REDIS_URL, disableOfflineQueue: true }) // without Redis an error at once
redis.on('error', err => app.log.error({ err }, 'Redis'))
await redis.connect()
app.addHook('onClose', async () => await redis.close())

await app.register(formbody)
await app.register(cookie)
await app.register(session, {
  secret: SESSION_SECRET,
  store: new RedisStore({ client: redis }),
  cookie: { secure: 'auto', sameSite: 'lax', maxAge: 8 * 60 * 60 * 1000 }, // in Redis, too, a login ends then
  saveUninitialized: false, // nothing in Redis for visitors
  rolling: false // an answer under way in one process would save a session again that another has ended
})
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  origin: FRONT_END,
  logout: true, // remembers in Redis, too, which sessions at Metabase to end
  mapUserToClaims: user => ({ email: user.email, first_name: user.firstName, groups: user.teams })
})

app.post('/login', async (request, reply) => {
  const user = people.find(({ email }) => email === request.body?.email)
  if (user === undefined) return await reply.code(401).send('Nobody here has this e-mail address.')
  await request.session.regenerate() // a new session for a new person
  request.session.user = user
  return reply.redirect(FRONT_END, 303)
})

app.post('/logout', async (request, reply) => {
  await app.metabaseSso.revoke(request) // the sessions at Metabase, whichever process exchanged them
  await request.session.destroy()
  return reply.redirect(FRONT_END, 303)
})

await app.listen({ host: HOST, port: Number(PORT) })
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => app.close())
