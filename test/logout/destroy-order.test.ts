import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify, { type FastifyInstance } from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { cookiesOf, SECRET, SESSION_SECRET, standIn, startHost } from '../helpers/host.js'
import { addStepUp, logOut, stepUp, TextStore } from '../helpers/logout.js'

const stores = { 'store in memory': undefined, 'store outside': new TextStore() }

/** Logout routes of the host, by when each ends the sessions at Metabase. */
function addLogouts (app: FastifyInstance): void {
  app.post('/before-destroy', async request => {
    const report = await app.metabaseSso.revoke(request)
    await request.session.destroy()
    return report
  })
  app.post('/after-destroy', async request => {
    await request.session.destroy()
    return await app.metabaseSso.revoke(request)
  })
  app.post('/before-regenerate', async request => {
    const report = await app.metabaseSso.revoke(request)
    await request.session.regenerate()
    return report
  })
  app.post('/after-regenerate', async request => {
    await request.session.regenerate()
    return await app.metabaseSso.revoke(request)
  })
}

for (const [name, store] of Object.entries(stores)) {
  t.test(`the plugin ends sessions before destroy() and regenerate() (${name})`, async t => {
    const setup = { session: { store }, options: { logout: true }, after: addLogouts }
    const { app, metabase, logIn } = await startHost(t, setup)
    const ids: string[] = []
    for (const url of ['/before-destroy', '/before-regenerate']) {
      const cookies = await logIn()
      for (let i = 0; i < 2; i++) ids.push((await app.inject({ url: '/sso/metabase', cookies })).json().id)
      const report = (await app.inject({ method: 'POST', url, cookies })).json()
      t.strictSame(report, { ended: 2, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` }, url)
      t.equal(metabase.sessions.size, 0)
      t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 401)
    }
    const kept = [...store?.records.values() ?? []].join()
    for (const id of ids) t.notMatch(kept, id, 'no id stays in the store')
  })

  t.test(`the plugin knows of no session after destroy() and regenerate() (${name})`, async t => {
    const setup = { session: { store }, options: { logout: true }, after: addLogouts }
    const { app, metabase, logIn } = await startHost(t, setup)
    const destroyed = await logIn()
    await app.inject({ url: '/sso/metabase', cookies: destroyed })
    const before = metabase.requests.length
    const response = await app.inject({ method: 'POST', url: '/after-destroy', cookies: destroyed })
    t.equal(response.statusCode, 500)
    t.match(response.json(), { code: 'METABASE_SSO_SESSION_GONE', message: /has no session/ })
    t.equal((await app.inject({ url: '/sso/metabase', cookies: destroyed })).statusCode, 401)

    const regenerated = await logIn()
    await app.inject({ url: '/sso/metabase', cookies: regenerated })
    const report = (await app.inject({ method: 'POST', url: '/after-regenerate', cookies: regenerated })).json()
    t.strictSame(report, { ended: 0, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` })
    t.equal(metabase.sessions.size, 2)
    t.notOk(metabase.requests.slice(before).some(({ method }) => method === 'DELETE'))
  })
}

t.test('the route answers 200 after the host destroyed the session', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true }, after: addLogouts })
  const cookies = await logIn()
  await app.inject({ method: 'POST', url: '/before-destroy', cookies })
  const response = await logOut(app, cookies)
  t.equal(response.statusCode, 200)
  t.strictSame(response.json(), { ended: 0, remaining: 0, logoutUrl: `${metabase.url}/auth/logout` })
})

t.test('the plugin leaves sessions alone when regenerate() only rotates the id', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true, cache: true }, after: addStepUp })
  const cookies = await logIn()
  const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
  const now = await stepUp(app, cookies)
  t.ok(metabase.sessions.has(id), 'open dashboards go on')
  const next = await app.inject({ url: '/sso/metabase', cookies: now })
  t.equal(next.statusCode, 200)
  t.not(next.json().id, id)
  t.match((await logOut(app, now)).json(), { ended: 1, remaining: 0 })
  t.strictSame([...metabase.sessions.keys()], [id])
})

t.test('the plugin ends sessions of a @fastify/session that is registered after it', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const metabase = await standIn(t)
  const options = { secret: SECRET, instanceUrl: metabase.url, logout: true }
  app.register(metabaseSso, { ...options, getUser: () => ({ email: 'ann@example.com' }) })
  app.register(cookie)
  app.register(session, { secret: SESSION_SECRET, cookie: { secure: false } })
  addLogouts(app)
  const cookies = cookiesOf(await app.inject('/sso/metabase'))
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await app.inject({ method: 'POST', url: '/before-destroy', cookies })).json(), { ended: 2 })
  const again = cookiesOf(await app.inject('/sso/metabase'))
  const response = await app.inject({ method: 'POST', url: '/after-destroy', cookies: again })
  t.match(response.json(), { code: 'METABASE_SSO_SESSION_GONE' })
})
