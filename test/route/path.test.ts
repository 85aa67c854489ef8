import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ourPolicyHolds } from '../helpers/cors.js'
import { ANN, startHost } from '../helpers/host.js'

t.test('the path option moves the route, and its preflight with it', async t => {
  const host = await startHost(t, { options: { path: '/api/analytics/token' } })
  const { app, metabase, logIn } = host
  const cookies = await logIn()
  const response = await app.inject({ url: '/api/analytics/token', cookies })
  t.equal(await whoIs(metabase, response.json().id), ANN.email)
  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 404)
  await ourPolicyHolds(t, host, '/api/analytics/token')
})

t.test('the path may hold parameters, for the mapper to read', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: {
      path: '/:team/metabase',
      mapUserToClaims: ({ email }, request) =>
        ({ email, team: (request?.params as { team: string }).team })
    }
  })
  const response = await app.inject({ url: '/north/metabase', cookies: await logIn() })
  t.equal(response.statusCode, 200)
  t.equal(metabase.users.get(ANN.email)?.attributes.team, 'north')
})
