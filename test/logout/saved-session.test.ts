import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, cookiesOf, startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

t.test('an exchange in the request that made and saved the session is remembered', async t => {
  const { app, metabase } = await startHost(t, { options: { logout: true } })
  app.post('/login-and-exchange', async request => {
    request.session.user = ANN
    await request.session.save()
    return await app.metabaseSso.exchange(ANN, request)
  })
  const response = await app.inject({ method: 'POST', url: '/login-and-exchange' })
  const { id } = response.json()
  t.equal(await whoIs(metabase, id), ANN.email)
  t.match((await logOut(app, cookiesOf(response))).json(), { ended: 1, remaining: 0 })
  t.equal(await whoIs(metabase, id), undefined)
})

t.test("a session whose cookie hides its id, by a signer of the host's, is remembered", async t => {
  const signer = {
    sign: (id: string) => Buffer.from(id).toString('base64url'),
    unsign: (cookie: string) => ({ valid: true, renew: false, value: Buffer.from(cookie, 'base64url').toString() })
  }
  const { app, metabase, logIn } = await startHost(t, { session: { secret: signer, cookiePrefix: 's:' }, options: { logout: true } })
  const cookies = await logIn()
  await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})
