import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, cookiesOf, startHost, type Host } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'

const WARNING = /will outlive a logout: the session of its request is not kept/
const warnings = ({ logs }: Host) => logs.filter(({ msg }) => WARNING.test(msg)).length

t.test('a session of a first request, which saveUninitialized keeps, is ended at logout', async t => {
  const host = await startHost(
    t, { session: { saveUninitialized: true }, options: { logout: true, getUser: () => ANN } }
  )
  const response = await host.app.inject('/sso/metabase')
  const { id } = response.json()
  t.equal(await whoIs(host.metabase, id), ANN.email)
  t.match((await logOut(host.app, cookiesOf(response))).json(), { ended: 1, remaining: 0 })
  t.equal(await whoIs(host.metabase, id), undefined)
  t.equal(warnings(host), 0)
})

t.test('a session that no logout can end is one warning, and leaves nothing in the store', async t => {
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { logout: true, getUser: () => ANN } })
  for (let i = 0; i < 3; i++) t.equal((await host.app.inject('/sso/metabase')).statusCode, 200)
  t.equal(warnings(host), 1)
  t.equal(store.records.size, 0)
})

t.test('an exchange in code of a request without a lasting session is one warning', async t => {
  const host = await startHost(t, { options: { logout: true } })
  host.app.get('/own', async request => await host.app.metabaseSso.exchange(ANN, request))
  for (let i = 0; i < 2; i++) t.equal((await host.app.inject('/own')).statusCode, 200)
  t.equal(warnings(host), 1)
})

t.test('an exchange without a request, or without the option, is no warning', async t => {
  const host = await startHost(t, { options: { logout: true } })
  await host.app.ready()
  await host.app.metabaseSso.exchange(ANN)
  t.equal(warnings(host), 0)
  const without = await startHost(t, { options: { getUser: () => ANN } })
  without.app.get('/own', async request => await without.app.metabaseSso.exchange(ANN, request))
  for (const url of ['/sso/metabase', '/own']) t.equal((await without.app.inject(url)).statusCode, 200)
  t.equal(warnings(without), 0)
})
