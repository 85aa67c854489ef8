import t from 'tap'
import { preflight, STRANGER } from '../helpers/cors.js'
import { NAVIGATION, ORIGIN, startHost } from '../helpers/host.js'

t.test('no answer may be stored, sniffed, or leak its URL as a referrer', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: { loginUrl: '/login' },
    before (app) {
      // What a host sets for its pages by default does not hold for ours.
      app.addHook('onSend', async (_request, reply) => {
        reply.header('cache-control', 'public, max-age=3600').header('referrer-policy', 'unsafe-url')
      })
    }
  })
  const cookies = await logIn()
  const url = '/sso/metabase'
  const answers = {
    'a session': await app.inject({ url, cookies }),
    'a JWT': await app.inject({ url: `${url}?response=json`, cookies }),
    'a redirect to Metabase': await app.inject({ url, cookies, headers: NAVIGATION }),
    'a redirect to the login page': await app.inject({ url, headers: NAVIGATION }),
    400: await app.inject({ url: `${url}?return_to=//evil.example`, cookies }),
    401: await app.inject(url),
    502: (metabase.fail('gateway-502'), await app.inject({ url, cookies })),
    'a preflight': await preflight(app, ORIGIN),
    "a stranger's preflight": await preflight(app, STRANGER),
    'OPTIONS without a preflight': await app.inject({ method: 'OPTIONS', url, headers: { origin: ORIGIN } })
  }

  t.same(Object.values(answers).map(({ statusCode }) => statusCode), [400, 401, 502, 200, 200, 302, 302, 204, 404, 404])
  for (const [name, { headers, statusCode }] of Object.entries(answers)) {
    t.equal(headers['cache-control'], 'no-store', name)
    t.equal(headers['x-content-type-options'], 'nosniff', name)
    // Only a redirect needs another policy than the host's.
    t.equal(headers['referrer-policy'], statusCode === 302 ? 'no-referrer' : 'unsafe-url', name)
  }
})

t.test("an error of the host's own hook may not be stored either", async t => {
  const { app } = await startHost(t, {
    before (app) {
      app.addHook('onRequest', async request => {
        if (request.url.startsWith('/sso')) throw Object.assign(new Error('closed on Sundays'), { statusCode: 503 })
      })
    }
  })
  const { statusCode, headers, body } = await app.inject('/sso/metabase')
  t.equal(statusCode, 503)
  t.match(body, 'closed on Sundays', 'the error is handled as the host handles errors')
  t.equal(headers['cache-control'], 'no-store')
  t.equal(headers['x-content-type-options'], 'nosniff')
})
