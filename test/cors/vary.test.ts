import t from 'tap'
import { ORIGIN, startHost } from '../helpers/host.js'

t.test('the route adds Origin to a Vary header that the host has set, once', async t => {
  for (const [vary, expected] of [
    ['Accept', 'Accept, Origin'], ['origin', 'origin'], [['Accept', 'Cookie'], 'Accept, Cookie, Origin'],
    ['Accept,Origin', 'Accept,Origin'], ['Accept, origin', 'Accept, origin'], ['X-Origin', 'X-Origin, Origin']
  ]) {
    const { app } = await startHost(t, {
      before (app) { app.addHook('onRequest', async (_request, reply) => { reply.header('vary', vary) }) }
    })
    const response = await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })
    t.equal(response.headers.vary, expected)
  }
})

t.test('the route varies by Origin alone where the host sets no Vary header', async t => {
  const { app } = await startHost(t)
  t.equal((await app.inject({ url: '/sso/metabase', headers: { origin: ORIGIN } })).headers.vary, 'Origin')
})
