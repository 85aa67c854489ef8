import t from 'tap'
import { visit } from '../helpers/browser.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

const paths = [
  '/',
  '/dashboard/1',
  'dashboard/1',
  '/dashboard/1?tab=2&name=a%20b&x=%26',
  '/dashboard/1#theme=night',
  '?tab=2',
  '#theme=night',
  '/question/ü-日本-🙂',
  '/a%2Fb',
  '/a%5Cb',
  '/%2F%2Fevil.example',
  '/search?q=1+1',
  '/go?to=https://evil.example//x',
  '/x;y=@z:80',
  '/auth/../dashboard'
]

t.test('return_to reaches Metabase exactly as it was meant, encoded once', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  for (const returnTo of [...paths, metabase.url, ...paths.filter(path => path.startsWith('/')).map(path => metabase.url + path)]) {
    const url = `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`
    const response = await app.inject({ url, cookies, headers: NAVIGATION })
    t.equal(response.statusCode, 302, returnTo)
    const location = new URL(String(response.headers.location))
    t.equal(location.origin + location.pathname, `${metabase.url}/auth/sso`)
    t.same(location.searchParams.getAll('return_to'), [returnTo])
    t.equal(location.hash, '', 'nothing of it became a fragment')
  }
})

t.test('with a query and unicode in it, it is where the browser ends', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const returnTo = '/dashboard/1?city=K%C3%B6ln&a=b#theme=night'
  const url = `/sso/metabase?return_to=${encodeURIComponent(returnTo)}`
  const response = await app.inject({ url, cookies: await logIn(), headers: NAVIGATION })

  const { url: end, page } = await visit(String(response.headers.location))
  t.equal(end, metabase.url + returnTo)
  t.match(page, 'as seen by ann@example.com')
})

t.test('clients that are not redirected may send it, too', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const session = await app.inject({ url: '/sso/metabase?return_to=/dashboard/1', cookies })
  t.equal(session.json().status, 'ok')
  const jwt = await app.inject({ url: '/sso/metabase?response=json&return_to=/dashboard/1', cookies })
  t.same(Object.keys(jwt.json()), ['jwt'])
})
