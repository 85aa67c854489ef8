import t from 'tap'
import { visit } from '../helpers/browser.js'
import { VERSIONS } from '../helpers/exchange.js'
import { NAVIGATION, startHost, type Host } from '../helpers/host.js'

/** Sends a browser to the route with this query, as it stands, and returns the `return_to` that Metabase gets. */
async function sent ({ app, logIn }: Host, query: string): Promise<string | null> {
  const url = `/sso/metabase?${query}`
  const { headers } = await app.inject({ url, cookies: await logIn(), headers: NAVIGATION })
  return headers.location === undefined ? null : new URL(headers.location).searchParams.get('return_to')
}

for (const version of VERSIONS) {
  t.test(`${version}: a filter that Metabase appends unencoded is kept whole`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const cookies = await logIn()
    const wanted = encodeURIComponent('/dashboard/1?tab=2&state=CA')
    const away = await fetch(`${metabase.url}/auth/sso?redirect=${wanted}`, { redirect: 'manual' })
    const { pathname, search } = new URL(String(away.headers.get('location')))
    t.equal(search, '?return_to=/dashboard/1?tab=2&state=CA', 'as Metabase writes it')

    const { headers } = await app.inject({ url: pathname + search, cookies, headers: NAVIGATION })
    t.equal((await visit(String(headers.location))).url, `${metabase.url}/dashboard/1?tab=2&state=CA`)
  })
}

t.test('all that follows an unencoded return_to with a ? belongs to it', async t => {
  const host = await startHost(t)
  t.equal(await sent(host, 'return_to=/dashboard/1?tab=2&state=CA'), '/dashboard/1?tab=2&state=CA')
  t.equal(await sent(host, 'a=b&return_to=/dashboard/1?x=New%20York&y=%26'), '/dashboard/1?x=New%20York&y=%26')
  t.equal(await sent(host, 'return_to=/dashboard/1?x=1&return_to=/other'), '/dashboard/1?x=1&return_to=/other')
})

t.test('an encoded return_to ends at the next parameter', async t => {
  const host = await startHost(t)
  t.equal(await sent(host, 'return_to=%2Fdashboard%2F1%3Ftab%3D2&state=CA'), '/dashboard/1?tab=2')
  t.equal(await sent(host, 'return_to=/dashboard/1&state=CA'), '/dashboard/1')
  t.equal(await sent(host, 'return_to=/dashboard/1&next=a?b'), '/dashboard/1')
  t.equal(await sent(host, 'state=a?b&return_to=/dashboard/1'), '/dashboard/1')
  t.equal(await sent(host, 'return_to=%2Fdashboard%2F1&next=/a?b'), '/dashboard/1')
  t.equal(await sent(host, 'return%5Fto=/dashboard/1&state=CA'), '/dashboard/1', 'with the name encoded, too')
})

t.test('an unencoded return_to may be a URL of the instance', async t => {
  const host = await startHost(t)
  t.equal(await sent(host, `return_to=${host.metabase.url}/dashboard/1?tab=2&state=CA`), '/dashboard/1?tab=2&state=CA')
})

t.test('a return_to is looked for in the query alone', async t => {
  const { app, logIn } = await startHost(t, { options: { prefix: '/:org/:team' } })
  const url = '/a&return_to=/other/sso/metabase?return_to=/dashboard/1'
  const { headers } = await app.inject({ url, cookies: await logIn(), headers: NAVIGATION })
  t.equal(new URL(String(headers.location)).searchParams.get('return_to'), '/dashboard/1')
})

t.test('a visitor who signs in on the way ends where Metabase said', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { loginUrl: '/login' } })
  const query = 'return_to=/dashboard/1?tab=2&state=CA'
  const toLogin = await app.inject({ url: `/sso/metabase?${query}`, headers: NAVIGATION })
  const back = new URL(String(toLogin.headers.location), 'http://host.example').searchParams.get('return_to')
  t.equal(back, `/sso/metabase?${query}`)

  const { headers } = await app.inject({ url: String(back), cookies: await logIn(), headers: NAVIGATION })
  t.equal((await visit(String(headers.location))).url, `${metabase.url}/dashboard/1?tab=2&state=CA`)
})

t.test('an unencoded return_to may not lead off the instance either', async t => {
  const host = await startHost(t)
  for (const query of ['//evil.example/?x=1&y=2', '/\\evil.example?x', 'https://evil.example/?x']) {
    t.equal(await sent(host, `return_to=${query}`), null, query)
  }
})
