import t from 'tap'
import { visit } from '../helpers/browser.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

/** What a client sends, and what Metabase gets: ASCII that Java's URI class takes. */
const returnTos: Array<[given: string, sent: string]> = [
  ['', '/'],
  ['/', '/'],
  ['/dashboard/1', '/dashboard/1'],
  ['dashboard/1', '/dashboard/1'],
  ['/dashboard/1?tab=2&name=a%20b&x=%26', '/dashboard/1?tab=2&name=a%20b&x=%26'],
  ['/dashboard/1#theme=night', '/dashboard/1#theme=night'],
  ['?tab=2', '/?tab=2'],
  ['#theme=night', '/#theme=night'],
  ['/dashboard/1?state=New York', '/dashboard/1?state=New%20York'],
  ['/d/1?x=100%', '/d/1?x=100%25'],
  ['/d/1?x=%zz&y=%2', '/d/1?x=%25zz&y=%252'],
  ['/d/1?a=b|c&d={e}&f="g"', '/d/1?a=b%7Cc&d=%7Be%7D&f=%22g%22'],
  ['/d/<x>^`y`', '/d/%3Cx%3E%5E%60y%60'],
  ['/d/[1]?x[]=2', '/d/%5B1%5D?x[]=2'],
  ['/d/1#a b|c#d', '/d/1#a%20b%7Cc%23d'],
  ['日//evil.example', '/%E6%97%A5//evil.example'],
  ['/question/ü-日本-🙂?q=ü', '/question/%C3%BC-%E6%97%A5%E6%9C%AC-%F0%9F%99%82?q=%C3%BC'],
  ['/a%2Fb', '/a%2Fb'],
  ['/a%5Cb', '/a%5Cb'],
  ['/dashboard\\1', '/dashboard/1'],
  ['/search?q=1+1', '/search?q=1+1'],
  ['/go?to=https://evil.example//x', '/go?to=https://evil.example//x'],
  ['/x;y=@z:80', '/x;y=@z:80'],
  ['/auth/../dashboard', '/dashboard'],
  [' /dashboard/1\n', '/dashboard/1'],
  ['/\r\nset-cookie: a=b', '/set-cookie:%20a=b']
]

t.test('return_to reaches Metabase as it was meant, encoded', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  const absolute = returnTos.filter(([given]) => given.startsWith('/') || given === '')
    .map(([given, sent]) => [metabase.url + given, sent] as const)
  for (const [given, sent] of [...returnTos, ...absolute]) {
    const url = `/sso/metabase?return_to=${encodeURIComponent(given)}`
    const { statusCode, headers } = await app.inject({ url, cookies, headers: NAVIGATION })
    t.equal(statusCode, 302, given)
    const location = new URL(String(headers.location))
    t.equal(location.origin + location.pathname, `${metabase.url}/auth/sso`)
    t.same(location.searchParams.getAll('return_to'), [sent], given)
    t.equal(location.hash, '', 'nothing of it became a fragment')
    t.equal((await visit(location.href)).url, metabase.url + sent, `the browser ends there: ${given}`)
  }
})

t.test('clients that are not redirected may send it, too', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const session = await app.inject({ url: '/sso/metabase?return_to=/dashboard/1', cookies })
  t.equal(session.json().status, 'ok')
  const jwt = await app.inject({ url: '/sso/metabase?response=json&return_to=/dashboard/1', cookies })
  t.same(Object.keys(jwt.json()), ['jwt'])
})
