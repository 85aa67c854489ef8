import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { needs, SECRET_MISSING, sessionEnv, startExample } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'full-app'
const metabase = await standIn(t)
const env = sessionEnv(metabase)
const app = startExample(t, EXAMPLE, env)

async function newVisitor () {
  const visitor = new Visitor(await app.url)
  metabase.identityProviderUri = `${visitor.origin}/sso/metabase`
  return visitor
}

/** The address that a page's frame opens. */
const frameOf = (html: string) => String(/<iframe[^>]* src="([^"]+)"/.exec(html)?.[1])

t.test('the frame of the page ends at the login page, and after that at the dashboard', async t => {
  const visitor = await newVisitor()
  const page = await visitor.get('/')
  t.equal(page.status, 200)
  const frame = frameOf(await page.text())

  const login = await visitor.openFrame(frame)
  t.equal(login.url.pathname, '/login')
  t.match(login.html, /<form method="post">/, 'a form without an address goes where the page came from')
  const signedIn = await visitor.submitForm(login.url.pathname + login.url.search, 'bao.tran@example.com')
  t.equal(signedIn.status, 303)

  const { url, html } = await visitor.openFrame(String(signedIn.headers.get('location')))
  t.equal(url.href, `${metabase.url}/dashboard/1`)
  t.match(html, '/dashboard/1 as seen by bao.tran@example.com')
  t.equal((await visitor.openFrame(frame)).url.href, url.href, 'from now on without the login page')

  const signedOut = await (await visitor.submitForm('/logout')).text()
  t.match(signedOut, 'You are signed out')
  t.match((await visitor.openFrame(url.href)).html, 'as seen by bao', 'the browser still has the cookie of Metabase')
  await visitor.openFrame(frameOf(signedOut))
  t.equal((await visitor.openFrame(`${metabase.url}/dashboard/1`)).url.pathname, '/login', 'signed out of both')
})

t.test('signing out ends the sessions at Metabase that the app has exchanged', async t => {
  const visitor = await newVisitor()
  await visitor.submitForm('/login')
  const { id } = await visitor.getJson('/sso/metabase')
  t.equal(await whoIs(metabase, id), 'ann.lee@example.com')
  await visitor.submitForm('/logout')
  t.equal(await whoIs(metabase, id), undefined)
})

t.test('a visitor who comes from Metabase finds the way back there', async t => {
  const visitor = await newVisitor()
  const login = await visitor.openFrame(`${metabase.url}/question/7`)
  t.equal(login.url.origin + login.url.pathname, `${visitor.origin}/login`)
  const signedIn = await visitor.submitForm(login.url.pathname + login.url.search)
  const { url } = await visitor.openFrame(String(signedIn.headers.get('location')))
  t.equal(url.href, `${metabase.url}/question/7`)
})

t.test('a login leads nowhere but to our own route', async t => {
  const visitor = await newVisitor()
  for (const returnTo of [
    'https://evil.example/sso/metabase', '//evil.example/sso/metabase', '/\\evil.example/sso/metabase', '/.//evil.example',
    '\t//evil.example', 'http://here.invalid@evil.example/sso/metabase', 'javascript:alert(1)', '/logout', 'http://', ''
  ]) {
    const response = await visitor.submitForm(`/login?${new URLSearchParams({ return_to: returnTo })}`)
    t.equal(response.headers.get('location'), '/', JSON.stringify(returnTo))
  }
  const twice = await visitor.submitForm('/login?return_to=/sso/metabase&return_to=https://evil.example')
  t.equal(twice.headers.get('location'), '/')
  t.equal((await visitor.submitForm('/login')).headers.get('location'), '/')
  t.equal((await visitor.submitForm('/login', 'eve@example.com')).status, 401)
})

t.test('nobody else may put the pages into a frame', async t => {
  const visitor = await newVisitor()
  for (const path of ['/', '/login']) {
    t.equal((await visitor.get(path)).headers.get('content-security-policy'), "frame-ancestors 'self'")
  }
})

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all([
    needs(t, EXAMPLE, env, 'SESSION_SECRET'),
    needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
  ])
})
