import cors from '@fastify/cors'
import rateLimit from '@fastify/rate-limit'
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { ourPolicyHolds, preflight } from '../helpers/cors.js'
import { askAsEmbedJs, EMBEDDING_SECRET } from '../helpers/guest.js'
import { ORIGIN, startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

declare module 'fastify' {
  interface FastifyContextConfig {
    isPublic?: boolean
  }
}

/** A hook of the host app, there before every route, that lets none pass but those which say that they are public. */
function refuseUnlessPublic (app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    if (request.routeOptions.config.isPublic !== true) return await reply.code(418).send({ error: 'not marked' })
  })
}

const guest = { secret: EMBEDDING_SECRET, authorize: () => ({}) }
const routeConfig = Object.freeze({ isPublic: true })

/** Statuses of the sign-in, guest and logout routes, each of its request and of its preflight. */
async function statuses (app: FastifyInstance): Promise<Record<string, number[]>> {
  const item = { entityType: 'dashboard', entityId: 1 }
  return {
    signIn: [(await app.inject('/sso/metabase')).statusCode, (await preflight(app, ORIGIN)).statusCode],
    guest: [
      (await askAsEmbedJs(app, item)).statusCode, (await preflight(app, ORIGIN, '/sso/metabase/guest')).statusCode
    ],
    logout: [(await logOut(app, {})).statusCode, (await preflight(app, ORIGIN, '/sso/metabase/logout')).statusCode]
  }
}

const REFUSED = { signIn: [418, 418], guest: [418, 418], logout: [418, 418] }

for (const [name, options, expected] of [
  ['no route', { guest, logout: true }, REFUSED],
  ['the sign-in route', { routeConfig, guest, logout: true }, { ...REFUSED, signIn: [401, 204] }],
  ['the guest route', { guest: { ...guest, routeConfig }, logout: true }, { ...REFUSED, guest: [401, 204] }],
  ['the logout route', { guest, logout: { routeConfig } }, { ...REFUSED, logout: [200, 204] }]
] as const) {
  t.test(`routeConfig marks, for the hooks of the host, ${name}`, async t => {
    const { app } = await startHost(t, { before: refuseUnlessPublic, options })
    t.same(await statuses(app), expected)
  })
}

t.test('routeConfig gives the route a rate limit of its own', async t => {
  const { app } = await startHost(t, {
    before: async app => { await app.register(rateLimit, { global: false }) },
    options: { routeConfig: { rateLimit: { max: 2 } } }
  })
  const answers = []
  for (let i = 0; i < 3; i++) answers.push((await app.inject('/sso/metabase')).statusCode)
  t.same(answers, [401, 401, 429])
})

t.test('routeConfig changes no key that the plugin sets itself', async t => {
  const config: object = { swaggerTransform: () => { throw new Error('asked') }, cors: { origin: true } }
  const host = await startHost(t, {
    before: async app => {
      await app.register(swagger, { openapi: {} })
      await app.register(cors, { origin: 'https://other.example' })
    },
    options: { routeConfig: config }
  })
  await host.app.ready()
  t.ok(host.app.swagger().paths?.['/sso/metabase'])
  await ourPolicyHolds(t, host)
})
