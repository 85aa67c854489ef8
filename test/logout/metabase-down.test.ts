import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'

for (const [failure, code] of [
  ['gateway-503', 'METABASE_SSO_GATEWAY_FAILED'],
  ['reset', 'METABASE_SSO_UNREACHABLE'],
  ['hang', 'METABASE_SSO_TIMEOUT'],
  ['drip', 'METABASE_SSO_TIMEOUT'],
  ['html-200', undefined] // a success: its body is of no interest
] as const) {
  t.test(`with Metabase failing (${failure}), signing out is answered and says what is left; next time the rest is ended`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true, timeout: 300 } })
    const cookies = await logIn()
    const ids: string[] = []
    for (let i = 0; i < 2; i++) ids.push((await app.inject({ url: '/sso/metabase', cookies })).json().id)
    metabase.fail(failure)
    const response = await logOut(app, cookies)
    t.equal(response.statusCode, 200)
    if (code === undefined) return t.match(response.json(), { ended: 2, left: 0 })
    t.match(response.json(), { ended: 0, left: 2, logoutUrl: String })
    t.match(logs.filter(({ err }) => err !== undefined), [{ level: 40, left: 2, err: { code, hint: String } }])

    metabase.fail(null)
    t.match((await logOut(app, cookies)).json(), { ended: 2, left: 0 })
    for (const id of ids) t.equal(await whoIs(metabase, id), undefined)
  })
}

t.test('what can be ended is ended, the rest is left', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  for (let i = 0; i < 25; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('gateway-502', { times: 4 })
  t.match((await logOut(app, cookies)).json(), { ended: 21, left: 4 })
  t.equal(metabase.sessions.size, 4)
  t.match((await logOut(app, cookies)).json(), { ended: 4, left: 0 })
  t.equal(metabase.sessions.size, 0)
})
