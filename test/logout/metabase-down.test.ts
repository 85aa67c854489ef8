import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { Pool } from 'undici'
import { whoIs } from '../helpers/browser.js'
import { standIn, startHost } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'
import { json, ownMetabase, type Reply } from '../helpers/own-metabase.js'
import { holdTimers } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const TIMEOUT = 7000
const SESSION = { status: 'ok', iat: 1, exp: 9_999_999_999 }

for (const [failure, code] of [
  ['gateway-503', 'METABASE_SSO_GATEWAY_FAILED'],
  ['reset', 'METABASE_SSO_UNREACHABLE'],
  ['hang', 'METABASE_SSO_TIMEOUT'],
  ['drip', 'METABASE_SSO_TIMEOUT'],
  ['html-200', 'METABASE_SSO_RESPONSE_NOT_JSON'], // of something in front of Metabase, which has ended nothing
] as const) {
  t.test(`the route says what remains (${failure}); the next logout ends it`, async t => {
    const timers = holdTimers(t, TIMEOUT)
    const { app, metabase, logs, logIn } = await startHost(t, { options: { logout: true, timeout: TIMEOUT } })
    const cookies = await logIn()
    const ids: string[] = []
    for (let i = 0; i < 2; i++) ids.push((await app.inject({ url: '/sso/metabase', cookies })).json().id)
    metabase.fail(failure)
    const before = metabase.requests.length
    const answer = logOut(app, cookies)
    await until(() => metabase.requests.length >= before + 2)
    if (code === 'METABASE_SSO_TIMEOUT') timers.run(TIMEOUT)
    const response = await answer
    t.equal(response.statusCode, 200)
    t.match(response.json(), { ended: 0, remaining: 2, logoutUrl: String })
    t.match(logs.filter(({ err }) => err !== undefined), [{ level: 40, remaining: 2, err: { code, hint: String } }])

    metabase.fail(null)
    t.match((await logOut(app, cookies)).json(), { ended: 2, remaining: 0 })
    for (const id of ids) t.equal(await whoIs(metabase, id), undefined)
  })
}

t.test('the route ends what can be ended, and says how many remain', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { logout: true } })
  const cookies = await logIn()
  for (let i = 0; i < 25; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('gateway-502', { times: 4 })
  t.match((await logOut(app, cookies)).json(), { ended: 21, remaining: 4 })
  t.equal(metabase.sessions.size, 4)
  t.match((await logOut(app, cookies)).json(), { ended: 4, remaining: 0 })
  t.equal(metabase.sessions.size, 0)
})

t.test('the route ends the others when one hangs', async t => {
  const timers = holdTimers(t, TIMEOUT)
  const metabase = await standIn(t)
  const pool = new Pool(metabase.url)
  t.teardown(async () => await pool.destroy())
  let answers = 0
  const dispatcher = pool.compose(dispatch => (options, handler) => dispatch(options, {
    ...handler,
    onResponseEnd (...args) { answers++; handler.onResponseEnd?.(...args) }
  }))
  const options = { logout: true, instanceUrl: metabase.url, timeout: TIMEOUT, dispatcher }
  const { app, logIn } = await startHost(t, { options })
  const cookies = await logIn()
  for (let i = 0; i < 30; i++) await app.inject({ url: '/sso/metabase', cookies })
  metabase.fail('hang', { times: 1 })
  answers = 0
  const response = logOut(app, cookies)
  await until(() => answers === 29)
  timers.run(TIMEOUT)
  t.match((await response).json(), { ended: 29, remaining: 1 })
  t.equal(metabase.sessions.size, 1)
})

/** A Metabase that lets requests to end a session wait, as long as so many or more can be there at once. */
async function countingMetabase (t: Test, sessions: number, together: number) {
  const counts = { now: 0, most: 0, ended: 0 }
  const waiting: Array<() => void> = []
  const other: Reply = (response, request) => {
    counts.most = Math.max(counts.most, ++counts.now)
    waiting.push(() => { counts.now--; counts.ended++; json(204, '')(response, request) })
  }
  const toSession: Reply = (response, request) => json(200, { ...SESSION, id: randomUUID() })(response, request)
  const own = await ownMetabase(t, { to_session: toSession, other })
  return {
    counts,
    url: own.url,
    async answer () {
      while (counts.ended < sessions) {
        await until(() => counts.now >= Math.min(together, sessions - counts.ended))
        // One more would come as soon as these: give it more turns than it needs.
        for (let turn = 0; turn < 20; turn++) await new Promise(setImmediate)
        waiting.shift()?.()
      }
    }
  }
}

for (const { what, users, each, connections, most } of [
  { what: 'one logout has four requests at a time', users: 1, each: 25, connections: 64, most: 4 },
  { what: 'all logouts have half of `connections`', users: 6, each: 8, connections: 10, most: 5 },
  { what: 'all logouts have the only connection', users: 3, each: 2, connections: 1, most: 1 }
]) {
  t.test(`the plugin bounds what it asks of Metabase: ${what}`, async t => {
    const { url, counts, answer } = await countingMetabase(t, users * each, most)
    const options = { logout: true, instanceUrl: url, timeout: 60_000, connections }
    const { app, logIn } = await startHost(t, { options })
    const browsers = await Promise.all(Array.from({ length: users }, async () => await logIn()))
    for (const cookies of browsers) {
      for (let i = 0; i < each; i++) await app.inject({ url: '/sso/metabase', cookies })
    }
    const reports = Promise.all(browsers.map(async cookies => (await logOut(app, cookies)).json()))
    await answer()
    t.match(await reports, Array(users).fill({ ended: each, remaining: 0 }))
    t.equal(counts.most, most)
  })
}
