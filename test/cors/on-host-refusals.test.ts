import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { accessControl, STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost } from '../helpers/host.js'

const WELCOME = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }

t.test("the page can read a 429 of the host's rate limit, a stranger's cannot", async t => {
  const { app } = await startHost(t, {
    before: async app => {
      await app.register(rateLimit, { max: 2, allowList: request => request.url === '/login' })
    }
  })
  const ask = async (origin: string) => await app.inject({ url: '/sso/metabase', headers: { origin } })
  t.equal((await ask(ORIGIN)).statusCode, 401)
  t.equal((await ask(ORIGIN)).statusCode, 401)

  const limited = await ask(ORIGIN)
  t.equal(limited.statusCode, 429)
  t.same(accessControl(limited), WELCOME)
  t.match(limited.headers.vary, /\borigin\b/i)
  t.ok(limited.headers['retry-after'], "the rate limit's own headers are kept")
  t.equal(limited.headers['cache-control'], 'no-store')

  const stranger = await ask(STRANGER)
  t.equal(stranger.statusCode, 429)
  t.same(accessControl(stranger), {})
})

t.test("the page can read what a hook of the host's answers instead of us", async t => {
  for (const hook of ['onRequest', 'preHandler'] as const) {
    const { app } = await startHost(t, {
      before: app => app.addHook(hook, async (request, reply) => {
        if (request.url.startsWith('/sso')) return await reply.code(418).send({ hook })
      })
    })
    const response = await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })
    t.equal(response.statusCode, 418)
    t.same(accessControl(response), WELCOME, hook)
  }
})
