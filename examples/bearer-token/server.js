// Who is signed in stands in a bearer token, which the page sends along: no cookies.
import cors from '@fastify/cors'
import formbody from '@fastify/formbody'
import jwt from '@fastify/jwt'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { APP_JWT_SECRET, FRONT_END = 'http://localhost:9090', HOST = 'localhost', PORT = '3000' } = process.env
if (!APP_JWT_SECRET) {
  throw new Error(
    'Set APP_JWT_SECRET: 32 characters or more that nobody can guess, and not the secret of Metabase'
  )
}

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', teams: ['Sales'] },
  { email: 'bao.tran@example.com', firstName: 'Bao', teams: ['Support', 'Editors'] }
]
const find = address => people.find(({ email }) => email === address)

const app = Fastify({ logger: true })
await app.register(formbody)
await app.register(cors, { origin: FRONT_END }) // for the app's own routes; the plugin sees to its own
await app.register(jwt, { secret: APP_JWT_SECRET, sign: { expiresIn: '1h' } })
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  origin: FRONT_END,
  getUser: async request => find((await request.jwtVerify()).sub), // no token, or a bad one: nobody
  mapUserToClaims: user => ({ email: user.email, first_name: user.firstName, groups: user.teams })
})

// There is no logout here: the page forgets the token, which is good for an hour at most.
app.post('/login', async (request, reply) => {
  const user = find(request.body?.email)
  if (user === undefined) return await reply.code(401).send({ error: 'Nobody here has this e-mail address.' })
  reply.header('cache-control', 'no-store')
  return { token: app.jwt.sign({ sub: user.email }) }
})

await app.listen({ host: HOST, port: Number(PORT) })
