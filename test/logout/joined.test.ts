import t, { type Test } from 'tap'
import { startHost, type Cookies, type Host } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { json, ownMetabase } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

/** A host with a user who has some Metabase sessions. */
async function withSessions (test: Test, count: number): Promise<Host & { cookies: Cookies }> {
  const host = await startHost(test, { options: { logout: true } })
  const cookies = await host.logIn()
  for (let i = 0; i < count; i++) await host.app.inject({ url: '/sso/metabase', cookies })
  return { ...host, cookies }
}

t.test('logouts of one session at the same time share one run and one report', async t => {
  const { app, metabase, logs, cookies } = await withSessions(t, 3)
  const responses = await Promise.all(Array.from({ length: 20 }, async () => await logOut(app, cookies)))
  for (const response of responses) t.match(response.json(), { ended: 3, remaining: 0 })
  t.equal(metabase.requests.filter(({ method }) => method === 'DELETE').length, 3)
  t.equal(logs.filter(({ msg }) => msg === 'signed out of Metabase').length, 1)
})

t.test('a logout that joins another ends what was exchanged meanwhile', async t => {
  const { app, metabase, cookies } = await withSessions(t, 1)
  const first = logOut(app, cookies)
  const page = app.inject({ url: '/sso/metabase', cookies })
  const second = logOut(app, cookies)
  await Promise.all([first, page, second])
  t.match((await second).json(), { remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('logouts of different sessions do not share a run', async t => {
  const { app, logIn, cookies } = await withSessions(t, 2)
  const others = await logIn()
  await app.inject({ url: '/sso/metabase', cookies: others })
  const [one, other] = await Promise.all([logOut(app, cookies), logOut(app, others)])
  t.match([one.json(), other.json()], [{ ended: 2 }, { ended: 1 }])
})

t.test('a logout after another one is a run of its own', async t => {
  const { app, cookies } = await withSessions(t, 1)
  t.match((await logOut(app, cookies)).json(), { ended: 1 })
  t.match((await logOut(app, cookies)).json(), { ended: 0, remaining: 0 })
})

t.test('a logout that comes as another one ends refuses an exchange that is under way', async t => {
  let answer = () => {}
  let ended = 0
  const own = await ownMetabase(t, {
    to_session (response, request) {
      answer = () => json(200, { status: 'ok', id: 'session-1', iat: 1, exp: 9_999_999_999 })(response, request)
    },
    other (response, request) { ended++; json(204, '')(response, request) }
  })
  const store = new TextStore()
  const { app, logIn } = await startHost(t, { session: { store }, options: { logout: true, instanceUrl: own.url } })
  const cookies = await logIn()
  let finish: (() => void) | undefined
  const get = store.get.bind(store)
  store.get = (id, callback) => {
    const isLastLook = store.records.size > 1 && id.startsWith('metabase-') && finish === undefined
    if (isLastLook) finish = () => get(id, callback)
    else get(id, callback)
  }
  const first = logOut(app, cookies)
  await until(() => finish !== undefined) // it has noted that the user signs out
  const page = app.inject({ url: '/sso/metabase', cookies })
  await until(() => own.steps.includes('to_session'))
  const second = logOut(app, cookies)
  for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate) // more than it needs to come that far
  finish?.()
  for (const logout of [first, second]) t.match((await logout).json(), { ended: 0, remaining: 0 })
  answer()
  t.equal((await page).statusCode, 401)
  t.equal(ended, 1)
})
