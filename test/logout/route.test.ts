import { connect } from 'node:net'
import t from 'tap'
import { VERSIONS } from '../helpers/exchange.js'
import { whoIs } from '../helpers/browser.js'
import { startHost } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

for (const version of VERSIONS) {
  t.test(`the route ends every session of this user session, and no other (${version})`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version }, options: { logout: true } })
    const cookies = await logIn()
    const elsewhere = await logIn()
    const ids: string[] = []
    for (let i = 0; i < 3; i++) ids.push((await app.inject({ url: '/sso/metabase', cookies })).json().id)
    const { id: other } = (await app.inject({ url: '/sso/metabase', cookies: elsewhere })).json()

    const response = await logOut(app, cookies)
    t.equal(response.statusCode, 200)
    t.strictSame(response.json(), { ended: 3, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` })
    t.equal(response.headers['cache-control'], 'no-store')
    for (const id of ids) t.equal(await whoIs(metabase, id), undefined)
    t.equal(await whoIs(metabase, other), 'ann@example.com', 'the same user in another browser is not concerned')
  })
}

t.test('the route answers 200 twice, and a visitor', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  const before = metabase.requests.length
  t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 0 })
  const visitor = await logOut(app, {})
  t.equal(visitor.statusCode, 200)
  t.strictSame(visitor.json(), { ended: 0, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` })
  t.equal(metabase.requests.length, before, 'Metabase need not be asked')
})

t.test('the route logs how many sessions it has ended', async t => {
  const { app, logs, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  await logOut(app, cookies)
  t.match(logs.filter(({ msg }) => /signed out/.test(msg)), [{ level: 30, ended: 1, remaining: 0 }])
})

t.test('the route counts a session as ended that Metabase has ended by itself', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  metabase.sessions.clear()
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
})

t.test('the route ends, too, what a route of the host exchanged with its request', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  app.get('/own', async request => await app.metabaseSso.exchange({ email: 'ann@example.com' }, request))
  const cookies = await logIn()
  const { id } = (await app.inject({ url: '/own', cookies })).json()
  const { id: withoutRequest } = await app.metabaseSso.exchange({ email: 'ann@example.com' })
  t.match((await logOut(app, cookies)).json(), { ended: 1 })
  t.strictSame([await whoIs(metabase, id), await whoIs(metabase, withoutRequest)], [undefined, 'ann@example.com'])
})

t.test('the route names the page that drops Metabase’s own cookie', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const { logoutUrl } = (await logOut(app, await logIn())).json()
  const { id } = await app.metabaseSso.exchange({ email: 'ann@example.com' })
  const page = await fetch(logoutUrl, { headers: { cookie: `metabase.SESSION=${id}` } })
  t.match(page.headers.get('set-cookie'), /^metabase\.SESSION=;/)
  t.equal(metabase.sessions.size, 0)
})

t.test('the route has the path of the option, ignores a body, and is no GET', async t => {
  const standard = '/sso/metabase/logout'
  for (const [logout, url] of [[true, standard], [{}, standard], [{ path: '/bye' }, '/bye']] as const) {
    const { app, logIn } = await startHost(t, { options: { logout } })
    const cookies = await logIn()
    for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
      for (const payload of ['', '{"a']) {
        const response = await app.inject({ method: 'POST', url, cookies, headers: { 'content-type': type }, payload })
        t.equal(response.statusCode, 200)
      }
    }
    t.equal((await app.inject({ url, cookies })).statusCode, 404)
  }
})

t.test('the route rejects a body of more than 16 KiB', async t => {
  const { app, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  for (const [length, status] of [[16_384, 200], [16_385, 413]] as const) {
    const response = await app.inject(
      { method: 'POST', url: '/sso/metabase/logout', cookies, payload: 'x'.repeat(length) }
    )
    t.equal(response.statusCode, status)
    if (status === 413) t.match(response.json(), { status: 'error', code: 'METABASE_SSO_BODY_TOO_LARGE' })
  }
})

t.test('the route closes the connection of a body that does not end', { timeout: 10_000 }, async t => {
  const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const cookie = Object.entries(cookies).map(pair => pair.join('=')).join('; ')
  const { port } = new URL(await app.listen({ host: '127.0.0.1', port: 0 }))
  const socket = connect(Number(port), '127.0.0.1')
  socket.write(
    `POST /sso/metabase/logout HTTP/1.1\r\nhost: x\r\ncookie: ${cookie}\r\ntransfer-encoding: chunked\r\n\r\n`
  )
  const chunk = `400\r\n${'x'.repeat(1024)}\r\n`
  socket.on('error', () => {}).resume()
  const flood = setInterval(() => socket.write(chunk.repeat(10)), 1)
  // Not once(), which rejects when a chunk meets the closed connection first.
  await new Promise<void>(resolve => socket.on('close', () => resolve()))
  clearInterval(flood)
  t.equal(metabase.sessions.size, 1, 'such a request ends nothing')
  t.match(logs.filter(({ err }) => err !== undefined), [{ level: 30, err: { code: 'METABASE_SSO_BODY_TOO_LARGE' } }])
})

t.test('the plugin has no such route and remembers nothing without the option', async t => {
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store } })
  app.get('/own', async (request, reply) => {
    return await app.metabaseSso.revoke(request).catch(error => reply.send(error.message))
  })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.equal(store.records.size, 1)
  t.equal((await logOut(app, cookies)).statusCode, 404)
  t.equal((await app.inject({ url: '/own', cookies })).body, '`revoke(request)` requires the option "logout"')
})
