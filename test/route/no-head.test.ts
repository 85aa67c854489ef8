import t from 'tap'
import { startHost } from '../helpers/host.js'

t.test('a HEAD request signs nobody in: there is no such route, as with other methods', async t => {
  const { app, metabase, logIn } = await startHost(t, { server: { exposeHeadRoutes: true } })
  const cookies = await logIn()
  for (const method of ['HEAD', 'POST', 'PUT', 'DELETE'] as const) {
    t.equal((await app.inject({ method, url: '/sso/metabase', cookies })).statusCode, 404, method)
  }
  t.notOk(app.hasRoute({ method: 'HEAD', url: '/sso/metabase' }))
  t.equal(metabase.requests.length, 0)
})
