import t from 'tap'
import { visit } from '../helpers/browser.js'
import { failureOf } from '../helpers/exchange.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

const kept = [
  ['', '/metabase/'],
  ['/metabase', '/metabase'],
  ['/metabase/', '/metabase/'],
  ['dashboard/1', '/metabase/dashboard/1'],
  ['/metabase/dashboard/1?x=a b', '/metabase/dashboard/1?x=a%20b'],
  ['/metabase/a/../dashboard/1', '/metabase/dashboard/1']
] as const

t.test('a return_to below the path prefix is kept, and home is the prefix with a slash', async t => {
  const { app, metabase, logIn } = await startHost(t, { metabase: { basePath: '/metabase' } })
  const cookies = await logIn()
  for (const [given, sent] of kept) {
    const url = given === '' ? '/sso/metabase' : `/sso/metabase?return_to=${encodeURIComponent(given)}`
    const { headers } = await app.inject({ url, cookies, headers: NAVIGATION })
    const location = new URL(String(headers.location))
    t.equal(location.searchParams.get('return_to'), sent)
    t.equal((await visit(location.href)).url, new URL(sent, metabase.url).href)
  }
})

const leaving = [
  '/', '/dashboard/1', '/metabase/../admin', '/metabase/..', '../admin', '/metabase/%2e%2e/admin', '/metabasement/1',
  '/metabase/..%2Fadmin', '/metabase/x/..%2f..%2fadmin', '/metabase/..%5Cadmin', '/metabase\\..\\admin', '/Metabase/1'
]

t.test('a return_to that leaves the path prefix is refused, and the log spells it', async t => {
  const { app, metabase, logs, logIn } = await startHost(t, { metabase: { basePath: '/metabase' } })
  const cookies = await logIn()
  for (const given of [...leaving, new URL('/admin', metabase.url).href]) {
    const url = `/sso/metabase?return_to=${encodeURIComponent(given)}`
    const response = await app.inject({ url, cookies, headers: NAVIGATION })
    t.equal(response.statusCode, 400, given)
    t.equal(failureOf(response).code, 'METABASE_SSO_RETURN_TO_INVALID')
    const { msg } = logs.findLast(({ err }) => err) ?? {}
    t.match(msg, 'leaves the path prefix: write /metabase/dashboard/1', given)
  }
  const returnTo = '/metabase/../admin'
  await t.rejects(app.metabaseSso.ssoUrl(ANN, { returnTo }), { message: /leaves the path prefix/ })
})

t.test('a return_to that leaves the origin is told apart', async t => {
  const { app, logs, logIn } = await startHost(t, { metabase: { basePath: '/metabase' } })
  const cookies = await logIn()
  for (const given of ['//evil.example', 'https://evil.example/metabase/', '/\\evil.example/metabase/']) {
    const url = `/sso/metabase?return_to=${encodeURIComponent(given)}`
    t.equal((await app.inject({ url, cookies, headers: NAVIGATION })).statusCode, 400, given)
    t.match(logs.findLast(({ err }) => err)?.msg, 'leads to another origin', given)
  }
})
