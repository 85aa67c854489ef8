import cookie from '@fastify/cookie'
import session from '@fastify/session'
import Fastify from 'fastify'
import t from 'tap'
import metabaseSso from '../../index.js'
import { cookiesOf, SECRET, SESSION_SECRET, standIn, startHost } from '../helpers/host.js'
import { addStepUp, logOut, stepUp, TextStore } from '../helpers/logout.js'

const stores = { 'the memory of @fastify/session': undefined, 'a store outside the process': new TextStore() }

for (const [name, store] of Object.entries(stores)) {
  t.test(`with ${name}: a logout route of the host ends the sessions before or after it destroys its own`, async t => {
    const { app, metabase, logIn } = await startHost(t, {
      session: { store },
      options: { logout: true },
      after: app => {
        app.post('/logout-before', async request => {
          const report = await app.metabaseSso.revoke(request)
          await request.session.destroy()
          return report
        })
        app.post('/logout-after', async request => {
          await request.session.destroy()
          return await app.metabaseSso.revoke(request)
        })
        app.post('/regenerated-before', async request => {
          await request.session.regenerate()
          return await app.metabaseSso.revoke(request)
        })
        app.post('/regenerated-after', async request => {
          const report = await app.metabaseSso.revoke(request)
          await request.session.regenerate()
          return report
        })
      }
    })
    for (const url of ['/logout-before', '/logout-after', '/regenerated-before', '/regenerated-after']) {
      const cookies = await logIn()
      await app.inject({ url: '/sso/metabase', cookies })
      await app.inject({ url: '/sso/metabase', cookies })
      t.match((await app.inject({ method: 'POST', url, cookies })).json(), { ended: 2, left: 0, logoutUrl: `${metabase.url}/auth/logout` }, url)
      t.equal(metabase.sessions.size, 0)
      t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 401)
    }
    if (store !== undefined) t.notMatch([...store.records.values()].join(), '"metabase":[', 'no id stays in the store')
  })
}

t.test('a session that gets another id in between takes along what is to be ended', async t => {
  const { app, metabase, logIn } = await startHost(t, {
    options: { logout: true },
    after: addStepUp
  })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  const now = await stepUp(app, cookies)
  t.equal((await app.inject({ url: '/sso/metabase', cookies: now })).statusCode, 200)
  t.match((await logOut(app, now)).json(), { ended: 2, left: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('a session that is registered after the plugin can be destroyed first, too', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const metabase = await standIn(t)
  app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url, logout: true, getUser: () => ({ email: 'ann@example.com' }) })
  app.register(cookie)
  app.register(session, { secret: SESSION_SECRET, cookie: { secure: false } })
  app.post('/logout', async request => { await request.session.destroy(); return await app.metabaseSso.revoke(request) })
  const cookies = cookiesOf(await app.inject('/sso/metabase'))
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await app.inject({ method: 'POST', url: '/logout', cookies })).json(), { ended: 1 })
})
