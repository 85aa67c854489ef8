import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

/** The way back that the login page is given. */
async function wayBack (
  t: Parameters<typeof startHost>[0],
  server: object,
  loginUrl: string,
  url: string,
  headers: Record<string, string> = {}
) {
  const { app } = await startHost(t, { server, options: { loginUrl } })
  const response = await app.inject({ url, headers: { ...NAVIGATION, host: 'inside.example:3000', ...headers } })
  t.equal(response.statusCode, 302)
  return new URL(String(response.headers.location), 'http://host.example').searchParams.get('return_to')
}

t.test('behind a trusted proxy the way back leads to the outside', async t => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com' }
  t.equal(
    await wayBack(t, { trustProxy: true }, 'https://login.example.com', '/sso/metabase', forwarded),
    'https://app.example.com/sso/metabase'
  )
})

t.test('nobody else can say where the outside is', async t => {
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example' }
  t.equal(
    await wayBack(t, {}, 'https://login.example.com', '/sso/metabase', forwarded),
    'http://inside.example:3000/sso/metabase'
  )
})

t.test('where the app rewrites URLs the way back is the one that the browser knows', async t => {
  const server = { rewriteUrl: ({ url }: { url: string }) => url.replace(/^\/public/, '') }
  t.equal(await wayBack(t, server, '/login', '/public/sso/metabase?return_to=/x'), '/public/sso/metabase?return_to=/x')
})

t.test('more slashes than one do not make the way back lead elsewhere', async t => {
  const server = { routerOptions: { ignoreDuplicateSlashes: true } }
  for (const loginUrl of ['/login', 'https://login.example.com']) {
    const back = await wayBack(t, server, loginUrl, '//sso///metabase')
    t.match(back, loginUrl.startsWith('/') ? /^\/sso/ : /^http:\/\/inside\.example:3000\/sso/)
  }
})

t.test('the route leaves the way back out for a header that is no host or scheme', async t => {
  for (const forwarded of [
    { 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'app.example.com' },
    { 'x-forwarded-proto': 'xhttp', 'x-forwarded-host': 'app.example.com' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'app.example.com@evil.example' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example\\app.example.com' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'evil.example#app.example.com' },
    { 'x-forwarded-proto': 'https', 'x-forwarded-host': 'not a host' }
  ] as const) {
    t.equal(await wayBack(t, { trustProxy: true }, 'https://login.example.com', '/sso/metabase', forwarded), null)
    t.equal(
      await wayBack(t, { trustProxy: true }, '/login', '/sso/metabase', forwarded),
      '/sso/metabase',
      'a path needs no host'
    )
  }
})

for (const loginUrl of ['/login', 'https://login.example.com/']) {
  t.test(`with a parametric prefix, the way back of ${loginUrl} stays on the host`, async t => {
    const { app } = await startHost(t, { options: { loginUrl, prefix: '/:org/:team', getUser: () => null } })
    let count = 0
    const host = new URL(await app.listen({ port: 0, host: '127.0.0.1' })).host
    for (const target of [
      '/acme/\\evil.example/sso/metabase', '/\\evil.example/a/sso/metabase', '/\\/evil.example/sso/metabase', '//evil.example/sso/metabase',
      '/.//evil.example/sso/metabase', '/%5Cevil.example/a/sso/metabase', '/./\\evil.example/sso/metabase', 'http://evil.example/a/b/sso/metabase',
      'http://evil.example\\@evil.example/\\evil.example/sso/metabase'
    ]) {
      const location = await redirectOf(app.server.address() as AddressInfo, target, host)
      if (location === undefined) continue // the router has no such route
      const back = new URL(location, `http://${host}`).searchParams.get('return_to') ?? ''
      t.notMatch(back, '\\')
      t.equal(new URL(back, `http://${host}`).host, host, target)
      count++
    }
    t.ok(count > 4, 'the router has a route for most')
  })
}

t.test('the way back keeps a path that begins like a scheme', async t => {
  const options = { loginUrl: '/login', prefix: '/:org', getUser: () => null }
  const { app } = await startHost(t, { options })
  const { headers } = await app.inject({ url: '/data:x/sso/metabase', headers: NAVIGATION })
  const { searchParams } = new URL(String(headers.location), 'http://host.example')
  t.equal(searchParams.get('return_to'), '/data:x/sso/metabase')
})

/** Sends a request line as no client library would. */
async function redirectOf ({ port }: AddressInfo, target: string, host: string): Promise<string | undefined> {
  const socket = connect(port, '127.0.0.1')
  await once(socket, 'connect')
  socket.end(`GET ${target} HTTP/1.1\r\nHost: ${host}\r\nAccept: text/html\r\nConnection: close\r\n\r\n`)
  return /^location: (.*)$/im.exec(await text(socket))?.[1]?.trim()
}
