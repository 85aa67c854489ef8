import cors from '@fastify/cors'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { accessControl, preflight, STRANGER } from '../helpers/cors.js'
import { ORIGIN, SECRET, startHost } from '../helpers/host.js'

const refuse = (app: FastifyInstance): void => {
  app.addHook('onRequest', async (request, reply) => {
    if (request.url.startsWith('/sso') || request.url === '/own') return await reply.code(401).send({ error: 'no' })
  })
}

for (const [name, host] of [
  ['no @fastify/cors', {}],
  [
    '@fastify/cors registered before the plugin',
    { before: (app: FastifyInstance) => app.register(cors, { origin: 'https://other.example' }) }
  ],
  [
    '@fastify/cors registered after the plugin',
    { after: (app: FastifyInstance) => app.register(cors, { origin: 'https://other.example' }) }
  ]
] as const) {
  t.test(`a preflight is answered before a refusing hook added later: ${name}`, async t => {
    const { app, metabase } = await startHost(t, { ...host, options: false })
    await app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, origin: ORIGIN, getUser: () => null })
    refuse(app)
    const response = await preflight(app, ORIGIN)
    t.equal(response.statusCode, 204)
    t.match(accessControl(response), {
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': 'GET',
      'access-control-allow-headers': 'authorization'
    })
    t.equal((await preflight(app, STRANGER)).statusCode, 401, 'a stranger meets the hook')

    const refused = await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })
    t.equal(refused.statusCode, 401)
    t.same(
      accessControl(refused), { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }
    )
    t.same(accessControl(await app.inject({ url: '/sso/metabase', headers: { origin: STRANGER } })), {})
  })
}

t.test('OPTIONS of other paths stays the host app\'s, also with `path: "/"`', async t => {
  const { app } = await startHost(t, { options: { path: '/' } })
  t.equal((await preflight(app, ORIGIN, '/')).statusCode, 204)
  for (const url of ['/own', '/sso', '*', '/sso/metabase']) {
    t.equal(
      (await preflight(app, ORIGIN, url)).statusCode, 404, url
    )
  }
})
