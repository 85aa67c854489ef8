// Who is signed in stands in a session, which the browser's cookie points to.
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { SESSION_SECRET, FRONT_END = 'http://localhost:9090', HOST = 'localhost', PORT = '3000' } = process.env
if (!SESSION_SECRET) throw new Error('Set SESSION_SECRET: 32 characters or more that nobody can guess')

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', teams: ['Sales'] },
  { email: 'bao.tran@example.com', firstName: 'Bao', teams: ['Support', 'Editors'] }
]

const app = Fastify({ logger: true })
await app.register(formbody)
await app.register(cookie)
await app.register(session, { // in memory, as it is given no `store`: see the Redis example
  secret: SESSION_SECRET,
  cookie: { secure: 'auto', sameSite: 'lax' }, // true, in place of 'auto', where it is always https
  saveUninitialized: false, // no cookie for visitors
  rolling: false // an answer that was under way at a logout would save the session again
})
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  origin: FRONT_END,
  logout: true, // remembers which sessions at Metabase to end
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
  await app.metabaseSso.revoke(request) // before destroy(): with the session goes what is known of it
  await request.session.destroy()
  return reply.redirect(FRONT_END, 303)
})

await app.listen({ host: HOST, port: Number(PORT) })
