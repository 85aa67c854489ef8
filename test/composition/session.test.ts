import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { whoIs } from '../helpers/browser.js'
import { ANN, SECRET, SESSION_SECRET, standIn } from '../helpers/host.js'

/** An app that gives everybody Ann's session. */
async function registerSession (app: FastifyInstance) {
  app.register(cookie)
  app.register(session, { secret: SESSION_SECRET, cookie: { secure: false } })
  app.addHook('preHandler', async request => { request.session.user = ANN })
}

for (const [name, compose] of [
  ['before the plugin', async (app: FastifyInstance, plugin: (app: FastifyInstance) => void) => {
    await registerSession(app)
    plugin(app)
  }],
  ['after the plugin', async (app: FastifyInstance, plugin: (app: FastifyInstance) => void) => {
    plugin(app)
    await registerSession(app)
  }],
  ['after the plugin, on its parent', async (app: FastifyInstance, plugin: (app: FastifyInstance) => void) => {
    app.register(async scope => plugin(scope))
    await registerSession(app)
  }]
] as const) {
  t.test(`the session is found when it is registered ${name}`, async t => {
    const metabase = await standIn(t)
    const app = Fastify()
    t.teardown(() => app.close())
    await compose(app, scope => { scope.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url }) })
    const { id } = (await app.inject('/sso/metabase')).json()
    t.equal(await whoIs(metabase, id), ANN.email)
  })
}

t.test('without a session and without getUser the app does not start, and says why', async t => {
  const app = Fastify()
  app.register(metabaseSso, { secret: SECRET, instanceUrl: 'http://metabase.invalid' })
  await t.rejects(async () => {
    await app.ready()
  }, { code: 'METABASE_SSO_SESSION_MISSING', hint: /@fastify\/session/ })
  await app.close()
})

t.test('a session in a scope beside the plugin does not count', async t => {
  const app = Fastify()
  app.register(async scope => await registerSession(scope))
  app.register(async scope => {
    scope.register(metabaseSso, { secret: SECRET, instanceUrl: 'http://metabase.invalid' })
  })
  await t.rejects(async () => { await app.ready() }, { code: 'METABASE_SSO_SESSION_MISSING' })
  await app.close()
})

t.test('with getUser no session is needed', async t => {
  const metabase = await standIn(t)
  const app = Fastify()
  t.teardown(() => app.close())
  app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, getUser: () => ANN })
  t.equal((await app.inject('/sso/metabase')).json().status, 'ok')
})
