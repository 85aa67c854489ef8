import t from 'tap'
import { VERSIONS } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: the plugin names the client to Metabase, and nothing of the request`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const visitor = {
      authorization: 'Bearer visitor-token',
      origin: 'https://app.example.com',
      referer: 'https://app.example.com/reports',
      'user-agent': 'visitor-agent',
      'x-forwarded-for': '203.0.113.7',
      'x-metabase-session': 'visitor-session'
    }
    const cookies = { ...await logIn(), other: 'visitor-cookie' }
    for (let i = 0; i < 2; i++) await app.inject({ url: '/sso/metabase?utm=visitor-query', headers: visitor, cookies })
    metabase.settings.siteLocale = 'de' // so that the test of the secret is sent, too
    metabase.settings.userProvisioning = false
    metabase.users.clear()
    await app.inject({ url: '/sso/metabase', headers: visitor, cookies })

    t.ok(metabase.requests.length >= 4)
    for (const { method, url, path, headers } of metabase.requests) {
      // Properties are those of the whole instance, whoever asks.
      const client = path === '/api/session/properties' ? undefined : 'embedding-sdk-react'
      t.equal(headers['x-metabase-client'], client, `${method} ${path}`)
      t.equal(headers['content-type'], method === 'POST' ? 'application/json' : undefined)
      for (const name of ['cookie', 'authorization', 'origin', 'referer', 'x-forwarded-for', 'x-metabase-session']) {
        t.equal(headers[name], undefined, name)
      }
      t.notMatch(JSON.stringify(headers) + url, 'visitor')
    }
  })
}
