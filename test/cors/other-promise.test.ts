import t from 'tap'
import { startHost } from '../helpers/host.js'

const NativePromise = Promise

/** As zone.js and libraries of promises do: what an async function returns is no instance of it. */
class OtherPromise<T> extends NativePromise<T> {}

t.test('a page of another origin is refused where the app has replaced Promise', async t => {
  const options = { origin: async (origin: string) => origin === 'https://app.example.com', logout: true }
  const { app, logIn } = await startHost(t, { options })
  const cookies = await logIn()
  globalThis.Promise = OtherPromise as PromiseConstructor
  t.teardown(() => { globalThis.Promise = NativePromise })

  const headers = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'cors' }
  const responses = [
    await app.inject({ url: '/sso/metabase?response=json', cookies, headers }),
    await app.inject({ url: '/sso/metabase', cookies, headers }),
    await app.inject({ method: 'POST', url: '/sso/metabase/logout', cookies, headers }),
    await app.inject({
      method: 'OPTIONS', url: '/sso/metabase', headers: { ...headers, 'access-control-request-method': 'GET' }
    })
  ]
  t.strictSame(responses.map(({ statusCode }) => statusCode), [403, 403, 403, 404])
  for (const { headers } of responses) t.equal(headers['access-control-allow-origin'], undefined)

  const allowed = { ...headers, origin: 'https://app.example.com' }
  const { statusCode, headers: sent } = await app.inject({ url: '/sso/metabase', cookies, headers: allowed })
  t.strictSame([statusCode, sent['access-control-allow-origin']], [200, 'https://app.example.com'])
})
