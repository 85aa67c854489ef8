// Metabase itself in a frame of your page. Whoever is not signed in finds the login page there first.
import { readFile } from 'node:fs/promises'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { SESSION_SECRET, HOST = 'localhost', PORT = '3000' } = process.env
if (!SESSION_SECRET) throw new Error('Set SESSION_SECRET: 32 characters or more that nobody can guess')

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', teams: ['Sales'] },
  { email: 'bao.tran@example.com', firstName: 'Bao', teams: ['Support', 'Editors'] }
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
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  logout: true,
  loginUrl: '/login', // the way back is added as return_to; a page of this app needs no `origin`
  mapUserToClaims: user => ({ email: user.email, first_name: user.firstName, groups: user.teams })
})

const [index, login, signedOut] = await Promise.all(['index', 'login', 'signed-out'].map(name =>
  readFile(new URL(`${name}.html`, import.meta.url), 'utf8')))
const show = (reply, html) => reply
  .type('text/html; charset=utf-8')
  .header('content-security-policy', "frame-ancestors 'self'") // nobody else may frame a login page
  .send(html)

app.get('/', async (_request, reply) => show(reply, index))
app.get('/login', async (_request, reply) => show(reply, login))

/** The way back, but to our own route alone: anybody can make a link to the login page. */
function wayBack ({ return_to: returnTo }) {
  const here = 'http://here.invalid'
  const { origin, pathname, search } = URL.canParse(returnTo, here) ? new URL(returnTo, here) : {}
  return origin === here && pathname === '/sso/metabase' ? pathname + search : '/'
}

// The form has no address of its own: it comes here with the query that the login page was opened with.
app.post('/login', async (request, reply) => {
  const user = people.find(({ email }) => email === request.body?.email)
  if (user === undefined) return await reply.code(401).send('Nobody here has this e-mail address.')
  await request.session.regenerate() // a new session for a new person
  request.session.user = user
  return reply.redirect(wayBack(request.query), 303)
})

app.post('/logout', async (request, reply) => {
  // before destroy(): with the session goes what is known of it
  const { logoutUrl } = await app.metabaseSso.revoke(request)
  await request.session.destroy()
  return show(
    reply, signedOut.replace('LOGOUT_URL', logoutUrl)
  ) // the page loads it: the cookie of Metabase is in nobody else's reach
})

await app.listen({ host: HOST, port: Number(PORT) })
