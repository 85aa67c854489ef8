import t from 'tap'
import { NAVIGATION, startHost } from '../helpers/host.js'

const LINK = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'empty' }
const PAGE = { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'cors', 'sec-fetch-dest': 'empty' }
const FRAME = {
  'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe', accept: 'text/html'
}
const OLD = { accept: 'text/html' }

const refused: Record<string, Record<string, string>> = {
  'a link': { ...LINK, 'sec-purpose': 'prefetch', purpose: 'prefetch' },
  'a link in an old Firefox': { ...OLD, 'x-moz': 'prefetch' },
  'a link in an old browser': { ...OLD, purpose: 'prefetch' },
  'a link on plain http': { ...OLD, 'sec-purpose': 'prefetch' },
  'a link by a proxy for privacy': { ...NAVIGATION, 'sec-purpose': 'prefetch;anonymous-client-ip' },
  'a speculation rule': { ...NAVIGATION, 'sec-purpose': 'prefetch' },
  'a prerendering of the route itself': { ...NAVIGATION, 'sec-purpose': 'prefetch;prerender' },
  'a link of Next.js': { ...PAGE, rsc: '1', 'next-router-prefetch': '1' },
  'a link of Next.js, prefetched by segments': { ...PAGE, 'next-router-prefetch': '2' },
  'a router of Next.js, which follows a 403 by a navigation': { ...PAGE, rsc: '1' }
}

for (const url of ['/sso/metabase', '/sso/metabase?response=json', '/sso/metabase?return_to=//elsewhere.example']) {
  t.test(`${url} refuses a prefetch before it asks for the user`, async t => {
    let asked = 0
    const { app, metabase } = await startHost(t, { options: { loginUrl: '/login', getUser: () => { asked++ } } })
    for (const [name, headers] of Object.entries(refused)) {
      const response = await app.inject({ url, headers })
      t.match([response.statusCode, response.json()], [403, { code: 'METABASE_SSO_PREFETCH' }], name)
      t.notOk('retry-after' in response.headers)
    }
    t.same([asked, metabase.requests.length], [0, 0])
  })
}

t.test('the log has a prefetch at debug alone', async t => {
  const { app, logs } = await startHost(t)
  await app.inject({ url: '/sso/metabase', headers: { ...LINK, 'sec-purpose': 'prefetch' } })
  t.match(logs.filter(({ err }) => err !== undefined), [
    { level: 20, err: { code: 'METABASE_SSO_PREFETCH' }, msg: 'sign-in to Metabase failed: the request is a prefetch' }
  ])
})

t.test('the click is answered, and so is what a prerendered page asks for', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const ask = async (headers: Record<string, string>) =>
    (await app.inject({ url: '/sso/metabase', cookies, headers })).statusCode
  const prerender = { 'sec-purpose': 'prefetch;prerender', purpose: 'prefetch' }
  t.same(
    [await ask(NAVIGATION), await ask({ ...FRAME, ...prerender }), await ask({ ...PAGE, ...prerender })],
    [302, 302, 200]
  )
})
