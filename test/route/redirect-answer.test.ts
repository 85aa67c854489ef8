import t from 'tap'
import { visit } from '../helpers/browser.js'
import { VERSIONS } from '../helpers/exchange.js'
import { NAVIGATION, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: the redirect ends signed in, where the browser wanted to go`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const cookies = await logIn()
    const response = await app.inject({ url: '/sso/metabase?return_to=%2Fdashboard%2F1', cookies, headers: NAVIGATION })

    t.equal(response.statusCode, 302)
    t.equal(metabase.requests.length, 0, 'the browser alone talks to Metabase')
    const { url, page } = await visit(String(response.headers.location))
    t.equal(url, `${metabase.url}/dashboard/1`)
    t.match(page, '/dashboard/1 as seen by ann@example.com')
    t.equal(metabase.logins, 1)
  })

  t.test(`${version}: without a return_to the browser ends on the home page`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers: NAVIGATION })

    t.equal(response.statusCode, 302)
    const location = new URL(String(response.headers.location))
    t.equal(location.searchParams.get('return_to'), '/')
    const { url, page } = await visit(location.href)
    t.equal(url, `${metabase.url}/`)
    t.match(page, 'as seen by ann@example.com')
  })
}

// v56 before PR 63965: "Ambiguous URI path separator" (metabase#63814).
for (const basePath of ['', '/metabase']) {
  t.test(`v56 that fails without return_to: the browser ends at ${basePath}/`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version: 'v56', basePath } })
    metabase.settings.breaksWithoutReturnTo = true
    const { headers } = await app.inject({ url: '/sso/metabase', cookies: await logIn(), headers: NAVIGATION })

    const { url, page } = await visit(String(headers.location))
    t.equal(url, `${metabase.url}/`)
    t.match(page, 'as seen by ann@example.com')
  })
}

t.test('a user whom Metabase sends to the app comes back signed in', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  const away = await fetch(`${metabase.url}/auth/sso?redirect=/question/7`, { redirect: 'manual' })
  const { pathname, search } = new URL(String(away.headers.get('location')))
  const response = await app.inject({ url: pathname + search, cookies, headers: NAVIGATION })

  const { page } = await visit(String(response.headers.location))
  t.match(page, '/question/7 as seen by ann@example.com')
})
