import t from 'tap'
import { accessControl, preflight } from '../helpers/cors.js'
import { NAVIGATION, ORIGIN, startHost } from '../helpers/host.js'

const strangers = [
  'https://stranger.example', 'null', 'https://app.example.com.evil.example', 'https://evil-app.example.com', 'http://app.example.com',
  'https://app.example.com:8443', 'https://app.example.com/', 'https://APP.example.com', 'https://app.example.com, https://evil.example', '*', ''
]

t.test('an origin that is not allowed gets no CORS header, whatever the answer', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const origin of strangers) {
    const asked = await preflight(app, origin)
    t.notOk(asked.statusCode < 300, 'the browser goes no further')
    t.same(accessControl(asked), {}, origin)
    for (const [url, headers] of [
      ['/sso/metabase', {}],
      ['/sso/metabase?response=json', {}],
      ['/sso/metabase', NAVIGATION],
      ['/sso/metabase?return_to=//evil.example', {}]
    ] as const) {
      t.same(accessControl(await app.inject({ url, cookies, headers: { ...headers, origin } })), {}, `${origin} ${url}`)
    }
    t.same(
      accessControl(await app.inject({ url: '/sso/metabase', headers: { origin } })), {}, `${origin} without a user`
    )
  }
  metabase.fail('wrong-secret')
  t.same(accessControl(await app.inject({ url: '/sso/metabase', cookies, headers: { origin: 'null' } })), {})
})

for (const [name, origin] of [['false', false], ['nothing', undefined]] as const) {
  t.test(`with ${name} as origin nobody gets CORS headers, and no preflight is answered`, async t => {
    const { app, logIn } = await startHost(t, { options: { origin } })
    const cookies = await logIn()
    for (const stranger of [ORIGIN, 'null', 'https://stranger.example']) {
      const asked = await preflight(app, stranger)
      t.equal(asked.statusCode, 404, 'as where there is no such route')
      t.same(accessControl(asked), {})
      const response = await app.inject({ url: '/sso/metabase', cookies, headers: { origin: stranger } })
      t.match([response.statusCode, response.json()], [403, { code: 'METABASE_SSO_CROSS_SITE' }])
      t.same(accessControl(response), {})
    }
  })
}

t.test('CORS headers that the host sets by hand do not reach our responses', async t => {
  const byHand = Object.fromEntries([
    'allow-origin', 'allow-credentials', 'allow-methods', 'allow-headers', 'allow-private-network', 'expose-headers',
    'max-age'
  ].map(name => [`access-control-${name}`, 'true']))
  const { app, logIn } = await startHost(t, {
    before (app) {
      app.addHook('onRequest', async (request, reply) => {
        reply.headers({ ...byHand, 'access-control-allow-origin': request.headers.origin ?? '*' })
      })
      app.get('/own', async () => 'own')
    }
  })
  t.equal(Object.keys(accessControl(await app.inject('/own'))).length, 7)
  const cookies = await logIn()
  const ask = async (origin: string) => accessControl(
    await app.inject({ url: '/sso/metabase', cookies, headers: { origin } }))
  t.same(await ask('https://stranger.example'), {})
  t.same(
    await ask(ORIGIN), { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }
  )
})
