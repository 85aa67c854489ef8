import t from 'tap'
import { accessControl, preflight } from '../helpers/cors.js'
import { startHost } from '../helpers/host.js'

const A = 'https://a.example'
const B = 'https://b.example:8443'

for (const [name, origin, allowed, refused] of [
  ['a list', [A, B], [A, B], ['https://b.example', 'https://c.example']],
  [
    'a pattern',
    /^https:\/\/[a-z]+\.example\.com$/,
    ['https://x.example.com', 'https://y.example.com'],
    ['https://example.com', 'https://x.example.com.evil.example', 'null']
  ],
  [
    'a pattern with the g flag',
    /^https:\/\/[a-z]+\.example\.com$/g,
    ['https://x.example.com', 'https://y.example.com'],
    ['https://z1.example.com']
  ],
  [
    'a pattern with the y flag',
    /^https:\/\/[a-z]+\.example\.com$/y,
    ['https://x.example.com', 'https://y.example.com'],
    ['evil https://x.example.com']
  ],
  ['a list with both', [A, /^https:\/\/[a-z]+\.example\.com$/], [A, 'https://x.example.com'], [B]],
  ['a pattern of two hosts', /^https:\/\/(a\.example|b\.example:8443)$/, [A, B], ['null', 'https://b.example']],
  ['an app with a scheme of its own', 'capacitor://localhost', ['capacitor://localhost'], ['capacitor://evil']]
] as const) {
  t.test(`origins given as ${name}: each is echoed exactly, time and again, and no other`, async t => {
    const { app, logIn } = await startHost(t, { options: { origin: origin as string } })
    const cookies = await logIn()
    for (const one of [...allowed, ...allowed, ...refused, ...allowed]) {
      const welcome = (allowed as readonly string[]).includes(one)
      const asked = await preflight(app, one)
      t.equal(asked.statusCode, welcome ? 204 : 404, one)
      t.equal(asked.headers['access-control-allow-origin'], welcome ? one : undefined)
      const response = await app.inject({ url: '/sso/metabase?response=json', cookies, headers: { origin: one } })
      t.same(
        accessControl(response),
        welcome ? { 'access-control-allow-origin': one, 'access-control-allow-credentials': 'true' } : {},
        one
      )
    }
  })
}
