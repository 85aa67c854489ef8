import t from 'tap'
import { preflight } from '../helpers/cors.js'
import { NAVIGATION, ORIGIN, startHost } from '../helpers/host.js'

/** As @fastify/helmet sets it. */
const HELMET = { 'cross-origin-resource-policy': 'same-site', 'cross-origin-embedder-policy': 'unsafe-none' }

const policyOf = ({ headers }: { headers: Record<string, unknown> }) =>
  [headers['cross-origin-resource-policy'], headers['cross-origin-embedder-policy']]

t.test('the routes let no page embed their JSON, whatever the host sets', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: { logout: true },
    before: app => app.addHook('onRequest', async (_request, reply) => { reply.headers(HELMET) })
  })
  const cookies = await logIn()
  const url = '/sso/metabase'
  for (const response of [
    await app.inject({ url, cookies }),
    await app.inject(
      { url, cookies, headers: { origin: ORIGIN, 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' } }
    ),
    await app.inject({ url: `${url}?response=json`, cookies, headers: NAVIGATION }),
    await app.inject({ method: 'POST', url: `${url}/logout`, cookies }),
    await app.inject(url),
    await preflight(app, ORIGIN),
    (metabase.fail('gateway-502'), await app.inject({ url, cookies }))
  ]) {
    t.strictSame(policyOf(response), ['same-origin', 'unsafe-none'])
  }
})

t.test('a page with COEP may show a redirect of the route, and its failure, in a frame', async t => {
  const { app, logIn } = await startHost(t)
  const frame = { ...NAVIGATION, 'sec-fetch-dest': 'iframe', 'sec-fetch-site': 'cross-site' }
  const isolated = ['cross-origin', 'require-corp']
  t.same(policyOf(await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers: frame })), isolated)
  t.same(policyOf(await app.inject({ url: '/sso/metabase', headers: frame })), isolated, 'a 401')
})
