import t from 'tap'
import { needs, SECRET_MISSING, sessionEnv, startExample } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'server-side'
const metabase = await standIn(t)
metabase.dashboards.set(2, { name: 'Bonuses', visibleTo: ({ email }) => email === 'bao.tran@example.com' })
const env = sessionEnv(metabase)
const app = startExample(t, EXAMPLE, env)

async function signedIn (email?: string): Promise<Visitor> {
  const visitor = new Visitor(await app.url)
  t.equal((await visitor.submitForm('/login', email)).status, 204)
  return visitor
}

const overview = { id: 1, name: 'Overview', href: '/sso/metabase?return_to=/dashboard/1' }

t.test('each gets the list that Metabase has for them, and no session is left behind', async t => {
  const [ann, bao] = [await signedIn(), await signedIn('bao.tran@example.com')]
  t.same(await ann.getJson('/dashboards'), [overview])
  t.same(
    await bao.getJson('/dashboards'),
    [overview, { id: 2, name: 'Bonuses', href: '/sso/metabase?return_to=/dashboard/2' }]
  )
  t.equal(metabase.logins, 2)
  t.equal(metabase.sessions.size, 0)

  const { url, html } = await bao.openFrame('/sso/metabase?return_to=/dashboard/2')
  t.equal(url.href, `${metabase.url}/dashboard/2`)
  t.match(html, 'as seen by bao.tran@example.com', 'where its links lead')
  metabase.sessions.clear()
})

t.test('whoever is not signed in, or may not use Metabase, is not heard of there', async t => {
  const chidi = await signedIn('chidi.obi@example.com')
  const before = metabase.requests.length
  t.equal((await new Visitor(await app.url).get('/dashboards')).status, 401)
  const refused = await chidi.get('/dashboards')
  t.equal(refused.status, 403)
  t.match(await refused.json(), { code: 'METABASE_SSO_NOT_AUTHORIZED' })
  t.equal((await chidi.get('/sso/metabase')).status, 403)
  t.equal(metabase.requests.length, before)

  const ann = await signedIn()
  await ann.submitForm('/logout')
  t.equal((await ann.get('/dashboards')).status, 401, 'signed out')
})

t.test('with Metabase failing there is an error and no session', async t => {
  t.teardown(() => metabase.fail(null))
  const ann = await signedIn()
  metabase.fail('gateway-503')
  const response = await ann.get('/dashboards')
  t.equal(response.status, 502)
  t.match(await response.json(), { code: 'METABASE_SSO_GATEWAY_FAILED' })
  metabase.fail(null)
  t.same(await ann.getJson('/dashboards'), [overview])
  t.equal(metabase.sessions.size, 0)
})

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all([
    needs(t, EXAMPLE, env, 'SESSION_SECRET'),
    needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
  ])
})
