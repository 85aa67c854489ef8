import t from 'tap'
import { startHost } from '../helpers/host.js'
import { TextStore } from '../helpers/logout.js'

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
        app.post('/logout-regenerated', async request => {
          const report = await app.metabaseSso.revoke(request)
          await request.session.regenerate()
          return report
        })
      }
    })
    for (const url of ['/logout-before', '/logout-after', '/logout-regenerated']) {
      const cookies = await logIn()
      await app.inject({ url: '/sso/metabase', cookies })
      await app.inject({ url: '/sso/metabase', cookies })
      t.match((await app.inject({ method: 'POST', url, cookies })).json(), { ended: 2, left: 0, logoutUrl: `${metabase.url}/auth/logout` }, url)
      t.equal(metabase.sessions.size, 0)
      t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 401)
    }
    if (store !== undefined) t.notMatch([...store.records.values()].join(), 'metabaseSessions', 'nothing of it stays in the store')
  })
}
