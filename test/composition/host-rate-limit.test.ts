import rateLimit from '@fastify/rate-limit'
import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

for (const when of ['before', 'after'] as const) {
  t.test(`a rate limit registered ${when} the plugin counts the host's routes as ever`, async t => {
    const { app, metabase, logIn } = await startHost(t, {
      [when]: async (app: Awaited<ReturnType<typeof startHost>>['app']) => {
        await app.register(rateLimit, { max: 3 })
        app.get('/own', async () => 'own')
      }
    })
    const cookies = await logIn()
    t.equal(await whoIs(metabase, (await app.inject({ url: '/sso/metabase', cookies })).json().id), ANN.email)
    t.equal((await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })).statusCode, 302)

    const statuses = []
    for (let i = 0; i < 4; i++) {
      statuses.push(
        (await app.inject({ url: '/own', remoteAddress: '203.0.113.7' })).statusCode
      )
    }
    t.same(statuses, [200, 200, 200, 429])
  })
}
