import { randomUUID } from 'node:crypto'
import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'
import { discovered, json, ownMetabase, SESSION_ID, type Reply } from '../helpers/own-metabase.js'

const SESSION = { status: 'ok', iat: 1, exp: 9_999_999_999 }

for (const [failure, code] of [
  ['gateway-503', 'METABASE_SSO_GATEWAY_FAILED'],
  ['reset', 'METABASE_SSO_UNREACHABLE'],
  ['hang', 'METABASE_SSO_TIMEOUT'],
  ['drip', 'METABASE_SSO_TIMEOUT'],
  ['html-200', 'METABASE_SSO_ANSWER_NOT_JSON'], // of something in front of Metabase, which has ended nothing
  ['open-source', 'METABASE_SSO_NOT_FOUND']
] as const) {
  t.test(`with Metabase failing (${failure}), signing out is answered and says what is left; next time the rest is ended`, async t => {
    const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true, timeout: 300 } })
    const cookies = await logIn()
    const ids: string[] = []
    for (let i = 0; i < 2; i++) ids.push((await app.inject({ url: '/sso/metabase', cookies })).json().id)
    metabase.fail(failure)
    const response = await logOut(app, cookies)
    t.equal(response.statusCode, 200)
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

t.test('one that hangs does not keep the others from being ended', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true, timeout: 1000 } })
  const cookies = await logIn()
  for (let i = 0; i < 30; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('hang', { times: 1 })
  t.match((await logOut(app, cookies)).json(), { ended: 29, left: 1 })
  t.equal(metabase.sessions.size, 1)
})

t.test('Metabase is asked ten at a time', async t => {
  let [now, most] = [0, 0]
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => json(200, { ...SESSION, id: `${SESSION_ID}-${posts++}` })(response, request),
    other: response => {
      most = Math.max(most, ++now)
      setTimeout(() => { now--; response.writeHead(204).end() }, 20)
    }
  })
  let posts = 0
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: own.url } })
  const cookies = await logIn()
  for (let i = 0; i < 25; i++) await app.inject({ url: '/sso/metabase', cookies })
  t.match((await logOut(app, cookies)).json(), { ended: 25, left: 0 })
  t.equal(most, 10)
})

t.test('however many sign out at once, Metabase has ten requests at a time to end their sessions', async t => {
  let [now, most] = [0, 0]
  const other: Reply = (response, request) => {
    most = Math.max(most, ++now)
    setImmediate(() => { now--; json(204, '')(response, request) })
  }
  const own = await ownMetabase(t, { discovery: discovered, post: (response, request) => json(200, { ...SESSION, id: randomUUID() })(response, request), other })
  const { app, logIn } = await startHost(t, { options: { logout: true, instanceUrl: own.url } })
  const users = await Promise.all(Array.from({ length: 6 }, async () => await logIn()))
  for (const cookies of users) for (let i = 0; i < 8; i++) await app.inject({ url: '/sso/metabase', cookies })
  const reports = await Promise.all(users.map(async cookies => (await logOut(app, cookies)).json()))
  t.match(reports, Array(6).fill({ ended: 8, left: 0 }))
  t.ok(most > 1 && most <= 10, `${most} at a time`)
})
