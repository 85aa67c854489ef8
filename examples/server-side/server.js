// Your own server asks Metabase's API, as the user who is signed in to your app: a list of their dashboards.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { SESSION_SECRET, METABASE_INSTANCE_URL, HOST = 'localhost', PORT = '3000' } = process.env
if (!SESSION_SECRET) throw new Error('Set SESSION_SECRET: 32 characters or more that nobody can guess')

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', plan: 'pro' },
  { email: 'bao.tran@example.com', firstName: 'Bao', plan: 'pro' },
  { email: 'chidi.obi@example.com', firstName: 'Chidi', plan: 'free' }
]

const app = Fastify({ logger: true })
await app.register(formbody)
await app.register(cookie)
await app.register(
  session,
  { secret: SESSION_SECRET, cookie: { secure: 'auto', sameSite: 'lax' }, saveUninitialized: false, rolling: false }
)
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: METABASE_INSTANCE_URL,
  authorize: user => user.plan === 'pro', // for the others Metabase makes no account
  mapUserToClaims: user => ({ email: user.email, first_name: user.firstName })
})

app.get('/dashboards', async (request, reply) => {
  const { user } = request.session
  if (user === undefined) return await reply.code(401).send({ error: 'Sign in first.' })
  const { data } = await askAs(user, '/api/search?models=dashboard')
  return data.map(({ id, name }) => ({ id, name, href: `/sso/metabase?return_to=/dashboard/${id}` }))
})

/** What Metabase answers to this user. For several questions use one session: each exchange is a login in its books. */
async function askAs (user, path) {
  const { id } = await app.metabaseSso.exchange(user) // its errors have the right status: 403 where `authorize` says no
  try {
    const response = await fetch(
      METABASE_INSTANCE_URL + path, { headers: { 'x-metabase-session': id }, signal: AbortSignal.timeout(5000) }
    )
    if (!response.ok) throw new Error(`Metabase answered ${path} with status ${response.status}`)
    return await response.json()
  } finally {
    // the user has the answer all the same
    await app.metabaseSso.revoke(id).catch(error => app.log.warn(error, 'a Metabase session is left over'))
  }
}

app.post('/login', async (request, reply) => {
  const user = people.find(({ email }) => email === request.body?.email)
  if (user === undefined) return await reply.code(401).send({ error: 'Nobody here has this e-mail address.' })
  await request.session.regenerate() // a new session for a new person
  request.session.user = user
  return await reply.code(204).send()
})

app.post('/logout', async (request, reply) => {
  await request.session.destroy()
  return await reply.code(204).send()
})

await app.listen({ host: HOST, port: Number(PORT) })
