import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { FRONT_END, needs, SECRET_MISSING, sessionEnv, startExample } from '../helpers/example.js'
import { syncGroups } from '../helpers/groups.js'
import { standIn } from '../helpers/host.js'
import { Visitor } from '../helpers/visitor.js'

const EXAMPLE = 'session-cookie'
const metabase = await standIn(t)
syncGroups(metabase, 'Sales', 'Support', 'Editors')
const env = sessionEnv(metabase)
const app = startExample(t, EXAMPLE, env)
const newVisitor = async () => new Visitor(await app.url)

t.test('a person signs in to the app, and by that to Metabase', async t => {
  const visitor = await newVisitor()
  t.equal((await visitor.get('/sso/metabase')).status, 401, 'nobody yet')

  const login = await visitor.submitForm('/login', 'bao.tran@example.com')
  t.equal(login.status, 303)
  t.equal(login.headers.get('location'), FRONT_END)
  t.match(login.headers.getSetCookie().join(), /^sessionId=.*HttpOnly.*SameSite=Lax/)

  const session = await visitor.getJson('/sso/metabase')
  t.equal(await whoIs(metabase, session.id), 'bao.tran@example.com')
  const { jwt } = await visitor.getJson('/sso/metabase?response=json')
  t.equal(await whoIs(metabase, await tradeAsClient(metabase, jwt)), 'bao.tran@example.com')
  t.match(metabase.users.get('bao.tran@example.com'), { first_name: 'Bao', groups: ['Support', 'Editors'] })

  t.equal((await visitor.submitForm('/logout')).status, 303)
  t.equal((await visitor.get('/sso/metabase')).status, 401, 'signed out')
  t.equal(await whoIs(metabase, session.id), undefined, 'of Metabase, too')
})

t.test('the front end alone may call the route from a page', async t => {
  const visitor = await newVisitor()
  await visitor.submitForm('/login')
  const { headers } = await visitor.get('/sso/metabase', { origin: FRONT_END })
  t.equal(headers.get('access-control-allow-origin'), FRONT_END)
  t.equal(headers.get('access-control-allow-credentials'), 'true')
  const stranger = await visitor.get('/sso/metabase', { origin: 'https://stranger.example' })
  t.equal(stranger.headers.get('access-control-allow-origin'), null)
})

t.test('whoever signs in after somebody else has a session of their own', async t => {
  const visitor = await newVisitor()
  const cookieOf = (response: Response) => String(response.headers.getSetCookie()[0]).split(';')[0] ?? ''
  const first = cookieOf(await visitor.submitForm('/login'))
  const second = cookieOf(await visitor.submitForm('/login', 'bao.tran@example.com'))
  t.not(first, second)
  const response = await fetch(new URL('/sso/metabase', visitor.origin), { headers: { cookie: first } })
  t.equal(response.status, 401)
})

t.test('an address that nobody has does not sign in', async t => {
  const visitor = await newVisitor()
  t.equal((await visitor.submitForm('/login', 'eve@example.com')).status, 401)
  t.equal((await visitor.get('/sso/metabase')).status, 401)
})

t.test('it starts with all it needs, or says what is missing', async t => {
  await Promise.all([
    needs(t, EXAMPLE, env, 'SESSION_SECRET'),
    needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
  ])
})
