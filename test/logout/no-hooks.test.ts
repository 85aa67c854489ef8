import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { startHost } from '../helpers/host.js'
import { TextStore } from '../helpers/logout.js'

/** The lines of a route of the host, with its hooks, in what Fastify prints. */
async function hooksOf (app: FastifyInstance): Promise<string[]> {
  app.get('/of-the-host', { preHandler: async function ofTheRoute () {} }, async () => 'fine')
  await app.ready()
  const lines = app.printRoutes({ includeHooks: true, commonPrefix: false }).split('\n')
  const from = lines.findIndex(line => line.includes('of-the-host'))
  const to = lines.findIndex((line, index) => index > from && /── /.test(line))
  const ofRoute = lines.slice(from, to === -1 ? undefined : to)
  return ofRoute.map(line => line.replace(/^[│├└─ ]+/, '')).filter(line => line !== '')
}

t.test('the plugin has no hook on other routes, with `logout` and `cache`', async t => {
  const before = (app: FastifyInstance) => { app.addHook('onRequest', async function ofTheHost () {}) }
  const without = await startHost(t, { before, options: false })
  const hooks = await hooksOf(without.app)
  t.match(hooks.join(), /onRequest.*ofTheHost.*preHandler.*ofTheRoute/s)
  const full = await startHost(t, { before, options: { logout: true, cache: true } })
  t.strictSame(await hooksOf(full.app), hooks)

  const addOne = (app: FastifyInstance) => { app.addHook('onSend', async () => {}) }
  const withOne = await startHost(t, { before, after: addOne, options: false })
  t.notSame(await hooksOf(withOne.app), hooks, 'a hook would be seen')
})

t.test('the plugin does not call the store for other routes, with `logout` and `cache`', async t => {
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true, cache: true } })
  app.get('/of-the-host', async request => String(request.session.user?.email))
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const keys: string[] = []
  const get = store.get.bind(store)
  store.get = (key, callback) => { keys.push(key); get(key, callback) }
  t.equal((await app.inject({ url: '/of-the-host', cookies })).body, 'ann@example.com')
  t.strictSame(keys.filter(key => key.startsWith('metabase-')), [])
  t.equal(keys.length, 1)
})
