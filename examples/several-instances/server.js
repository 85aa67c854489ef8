// Two Metabase instances in one app, each with its own secret and route.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { FRONT_END = 'http://localhost:9090', HOST = 'localhost', PORT = '3000' } = process.env
for (const name of [
  'SESSION_SECRET',
  'EU_METABASE_INSTANCE_URL',
  'EU_METABASE_JWT_SHARED_SECRET',
  'US_METABASE_INSTANCE_URL',
  'US_METABASE_JWT_SHARED_SECRET'
]) {
  if (!process.env[name]) throw new Error(`Set ${name}`)
}

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', region: 'eu' },
  { email: 'bao.tran@example.com', firstName: 'Bao', region: 'us' }
]

const app = Fastify({ logger: true })
await app.register(formbody)
await app.register(cookie)
await app.register(session, {
  secret: process.env.SESSION_SECRET,
  cookie: { secure: 'auto', sameSite: 'lax' },
  saveUninitialized: false,
  rolling: false
})
await app.register(metabaseSso, {
  namespace: 'eu',
  path: '/sso/eu',
  secret: process.env.EU_METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.EU_METABASE_INSTANCE_URL,
  origin: FRONT_END
})
await app.register(metabaseSso, {
  namespace: 'us',
  path: '/sso/us',
  secret: process.env.US_METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.US_METABASE_INSTANCE_URL,
  origin: FRONT_END
})

/** A link for everybody: it leads to the Metabase of one's own region. */
app.get('/dashboard', async (request, reply) => {
  const { user } = request.session
  if (user === undefined) return await reply.code(401).send('Sign in first.')
  const url = await app.metabaseSso[user.region].ssoUrl(user, { returnTo: '/dashboard/1' }, request)
  return reply.header('cache-control', 'no-store').redirect(url.href) // there is a JWT in it
})

app.post('/login', async (request, reply) => {
  const user = people.find(({ email }) => email === request.body?.email)
  if (user === undefined) return await reply.code(401).send('Nobody here has this e-mail address.')
  await request.session.regenerate() // a new session for a new person
  request.session.user = user
  return reply.redirect(FRONT_END, 303)
})

app.post('/logout', async (request, reply) => {
  await request.session.destroy()
  return reply.redirect(FRONT_END, 303)
})

await app.listen({ host: HOST, port: Number(PORT) })
