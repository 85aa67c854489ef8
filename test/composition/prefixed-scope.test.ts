import t from 'tap'
import metabaseSso from '../../index.js'
import { visit, whoIs } from '../helpers/browser.js'
import { ourPolicyHolds } from '../helpers/cors.js'
import { ANN, NAVIGATION, ORIGIN, SECRET, startHost } from '../helpers/host.js'
import { answerAlike } from '../helpers/twin.js'

async function scopedHost (t: Parameters<typeof startHost>[0]) {
  const host = await startHost(t, { options: false })
  host.app.register(async scope => {
    await scope.register(
      metabaseSso, { secret: SECRET, instanceUrl: host.metabase.url, origin: ORIGIN, loginUrl: '/login' }
    )
    scope.get('/own', async () => await scope.metabaseSso.sign(ANN))
  }, { prefix: '/v1' })
  return host
}

t.test('in a prefixed scope the route is under the prefix, with all of its responses', async t => {
  const host = await scopedHost(t)
  const { app, metabase, logIn } = host
  const cookies = await logIn()

  t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 404)
  const { id } = (await app.inject({ url: '/v1/sso/metabase', cookies })).json()
  t.equal(await whoIs(metabase, id), ANN.email)
  const redirect = await app.inject({ url: '/v1/sso/metabase?return_to=/x', cookies, headers: NAVIGATION })
  t.match((await visit(String(redirect.headers.location))).page, '/x as seen by ann@example.com')
  t.match((await app.inject({ url: '/v1/own' })).body, /^eyJ/)
  await ourPolicyHolds(t, host, '/v1/sso/metabase')
})

t.test('a visitor finds the way back to it', async t => {
  const { app } = await scopedHost(t)
  const { headers } = await app.inject({ url: '/v1/sso/metabase', headers: NAVIGATION })
  t.equal(headers.location, `/login?return_to=${encodeURIComponent('/v1/sso/metabase')}`)
})

t.test('outside of the scope nothing is to be seen of the plugin', async t => {
  const { app } = await scopedHost(t)
  const without = await startHost(t, { options: false })
  await app.ready()
  t.notOk(app.hasDecorator('metabaseSso'))
  await answerAlike(t, app, without.app, [
    '/sso/metabase', '/v1', '/v2/sso/metabase', '/v1/nowhere', '/login'
  ].flatMap(url => [
    { url, headers: { origin: ORIGIN } },
    { method: 'OPTIONS', url, headers: { origin: ORIGIN, 'access-control-request-method': 'GET' } }
  ]))
})
