import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ORIGIN, startHost } from '../helpers/host.js'
import { answerAlike } from '../helpers/twin.js'

/** A host app with all that a plugin could disturb, with and without the plugin. */
async function twins (
  t: Parameters<typeof startHost>[0]
): Promise<[withUs: FastifyInstance, without: FastifyInstance]> {
  const before = (app: FastifyInstance) => {
    app.setErrorHandler(async (error: Error, _request, reply) => await reply.code(599).send({ own: error.message }))
    app.setNotFoundHandler(async (request, reply) => await reply.code(404).send({ nowhere: request.url }))
    app.get('/own', async (request, reply) => ({ request: namesIn(request), reply: namesIn(reply) }))
    app.post('/own', async request => request.body)
    app.get('/fails', async () => { throw new Error('own failure') })
  }
  const apps = [await startHost(t, { before }), await startHost(t, { before, options: false })] as const
  for (const { app } of apps) await app.ready()
  return [apps[0].app, apps[1].app]
}

/** Own and inherited. */
function namesIn (object: object): string[] {
  const names = []
  for (let level: object | null = object; level !== null; level = Object.getPrototypeOf(level)) {
    names.push(
      ...Object.getOwnPropertyNames(level)
    )
  }
  return names
}

t.test('the plugin adds nothing but app.metabaseSso to app, request and reply', async t => {
  const [withUs, without] = await twins(t)
  const added = namesIn(withUs).filter(name => !namesIn(without).includes(name))
  t.same(added, ['metabaseSso'])
  t.same(namesIn(without).filter(name => !namesIn(withUs).includes(name)), [])
  await answerAlike(t, withUs, without, [{ url: '/own' }])
})

t.test('the routes are those of the app and our two', async t => {
  const [withUs, without] = await twins(t)
  const routes = (app: FastifyInstance) => app.printRoutes({ commonPrefix: false }).split('\n').map(line =>
    line.replace(/^[│├└─\s]+/, ''))
  const added = routes(withUs).filter(line => !routes(without).includes(line))
  t.same(added, ['/sso/metabase (GET, OPTIONS)'])
  t.same(routes(without).filter(line => !routes(withUs).includes(line)), [])
})

t.test("errors, unknown routes, bodies and headers are the host's affair", async t => {
  const [withUs, without] = await twins(t)
  const post = { method: 'POST', url: '/own' } as const
  await answerAlike(t, withUs, without, [
    { url: '/fails' },
    { url: '/nowhere' },
    { url: '/sso' },
    { url: '/sso/metabase/x' },
    { method: 'HEAD', url: '/own' },
    { method: 'HEAD', url: '/sso/metabase' },
    { method: 'POST', url: '/sso/metabase' },
    { url: '/own', headers: { origin: ORIGIN, accept: 'text/html' } },
    { ...post, payload: { a: 1 } },
    { ...post, payload: 'text', headers: { 'content-type': 'text/plain' } },
    { ...post, payload: 'a=1', headers: { 'content-type': 'application/x-www-form-urlencoded' } },
    { ...post, payload: '{', headers: { 'content-type': 'application/json' } }
  ])
  for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded', '*']) {
    t.equal(withUs.hasContentTypeParser(type), without.hasContentTypeParser(type), type)
  }
  t.equal(withUs.errorHandler.toString(), without.errorHandler.toString())
})

t.test("the host's own error and 404 handlers do not answer for our failures", async t => {
  const [withUs] = await twins(t)
  t.equal((await withUs.inject('/sso/metabase')).json().code, 'METABASE_SSO_NOT_AUTHENTICATED')
})
