import t from 'tap'
import { VERSIONS } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

// What this package itself sends, and what HTTP needs.
const OURS = new Set([
  'host',
  'connection',
  'content-type',
  'content-length',
  'x-metabase-client',
  'x-metabase-locale',
  'x-metabase-sdk-jwt-hash',
  'x-metabase-session',
  'accept',
  'user-agent'
])

for (const version of VERSIONS) {
  t.test(`${version}: Metabase sees no cookie or header of the app's visitor`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const { status, id } = (await app.inject({
      url: '/sso/metabase',
      cookies: { ...await logIn(), 'metabase.SESSION': 'an old one', theme: 'night' },
      headers: {
        authorization: 'Bearer of-the-app',
        'x-forwarded-for': '203.0.113.7',
        'x-metabase-session': 'made up',
        'x-metabase-client': 'made-up',
        'x-metabase-sdk-jwt-hash': 'made up',
        'x-api-key': 'of the app',
        referer: 'https://app.example.com/secret',
        origin: 'https://app.example.com'
      }
    })).json()
    t.equal(status, 'ok')
    await app.metabaseSso.revoke(id)

    t.ok(metabase.requests.length >= 2)
    for (const { method, path, headers } of metabase.requests) {
      t.same(Object.keys(headers).filter(name => !OURS.has(name)), [], `${method} ${path}`)
      const values = JSON.stringify(headers)
      t.notMatch(values, /made up|made-up|of.the.app|203\.0\.113\.7|secret|an old one|night/)
    }
    t.equal(metabase.users.size, 1)
    t.ok(metabase.users.has(ANN.email))
  })
}
