// A published dashboard for people without a Metabase account: each sees the part of it that is theirs.
import { readFile } from 'node:fs/promises'
import cookie from '@fastify/cookie'
import formbody from '@fastify/formbody'
import session from '@fastify/session'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

const { SESSION_SECRET, METABASE_INSTANCE_URL, HOST = 'localhost', PORT = '3000' } = process.env
if (!SESSION_SECRET) throw new Error('Set SESSION_SECRET: 32 characters or more that nobody can guess')

// A made-up list, and a login without a password: they stand for what your app has.
const people = [
  { email: 'ann.lee@example.com', region: 'North', dashboards: [1] },
  { email: 'bao.tran@example.com', region: 'South', dashboards: [1] },
  { email: 'chidi.obi@example.com', region: 'West', dashboards: [] }
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
  guest: {
    secret: process.env.METABASE_EMBEDDING_SECRET_KEY,
    // The browser chooses what it asks for: this alone decides what it gets.
    authorize: (user, { entityType, entityId }) =>
      entityType === 'dashboard' && user.dashboards.includes(entityId) && { region: [user.region] }
  }
})

const read = async name => await readFile(new URL(`public/${name}`, import.meta.url), 'utf8')
const [index, frame] = await Promise.all([read('index.html'), read('frame.html')])
const show = (reply, html) => reply.type('text/html; charset=utf-8').header('cache-control', 'no-store').send(html)

// The page asks for its token itself.
app.get('/', async (_request, reply) => show(reply, index.replaceAll('INSTANCE_URL', METABASE_INSTANCE_URL)))

// The older way: an iframe whose URL this server makes. It does not ask `authorize`, and gets no new token when this
// one has expired.
app.get('/frame', async (request, reply) => {
  const { user } = request.session
  if (!user?.dashboards.includes(1)) {
    return await reply.code(user === undefined ? 401 : 403).send(
      'This is not for you.'
    )
  }
  const src = await app.metabaseSso.guestEmbedUrl(
    { resource: { dashboard: 1 }, params: { region: [user.region] } }, { bordered: false, titled: true }
  )
  return show(reply, frame.replace('EMBED_URL', src.href.replaceAll('&', '&amp;')))
})

app.post('/login', async (request, reply) => {
  const user = people.find(({ email }) => email === request.body?.email)
  if (user === undefined) return await reply.code(401).send('Nobody here has this e-mail address.')
  await request.session.regenerate() // a new session for a new person
  request.session.user = user
  return reply.redirect('/', 303)
})

app.post('/logout', async (request, reply) => {
  // a token that is out already is good until it expires: at Metabase there is nobody to sign out
  await request.session.destroy()
  return reply.redirect('/', 303)
})

await app.listen({ host: HOST, port: Number(PORT) })
