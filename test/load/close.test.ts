import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { startApp } from '../helpers/app-process.js'
import { SECRET, startHost } from '../helpers/host.js'
import { ownMetabase, signedIn, silent, type Reply } from '../helpers/own-metabase.js'
import { holdTimers } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const USERS = 10
const ALL_IN = Array(USERS).fill([200, 'ok'])
const ALL_TIMED_OUT = Array(USERS).fill([504, 'METABASE_SSO_TIMEOUT'])

const getUser = ({ headers }: { headers: Record<string, unknown> }) => ({ email: String(headers['x-user']) })

/** A Metabase that answers nothing until it is told to. */
async function slowMetabase (t: Test) {
  const held: Array<() => void> = []
  let isHolding = true
  const hold = (reply: Reply): Reply => (response: ServerResponse, request: IncomingMessage) => {
    if (isHolding) held.push(() => reply(response, request))
    else reply(response, request)
  }
  const own = await ownMetabase(t, { to_session: hold(signedIn) })
  return {
    own,
    release () {
      isHolding = false
      for (const answer of held) answer()
    }
  }
}

/** What so many users are answered. None keeps a connection, for which Fastify would wait. */
function users (url: string): Promise<Array<[status: number, code: string]>> {
  return Promise.all(Array.from({ length: USERS }, async (_, n) => {
    const headers = { 'x-user': `user-${n}@example.com` }
    const { statusCode, body } = await request(`${url}/sso/metabase`, { reset: true, headers })
    const { status, code } = await body.json() as { status: string, code?: string }
    return [statusCode, code ?? status]
  }))
}

t.test('the plugin lets sign-ins end that are under way as the app closes', async t => {
  const { own, release } = await slowMetabase(t)
  const { app } = await startHost(t, { options: { instanceUrl: own.url, timeout: 60_000, getUser } })
  const answers = users(await app.listen({ port: 0, host: '127.0.0.1' }))
  await until(() => own.steps.length === USERS)
  const closed = app.close()
  await until(() => !app.server.listening)
  release()
  t.strictSame(await answers, ALL_IN)
  await closed
  t.equal(own.steps.length, USERS)
  await until(() => own.open.size === 0)
})

t.test('an app that did not listen closes every connection that its first sign-ins made', async t => {
  const own = await ownMetabase(t, { to_session: signedIn })
  const { app } = await startHost(t, { options: { instanceUrl: own.url, getUser } })
  const signIn = (user: string) => app.inject({ url: '/sso/metabase', headers: { 'x-user': user } })
  const answers = await Promise.all(['ann@example.com', 'bob@example.com'].map(signIn))
  t.strictSame(answers.map(({ statusCode }) => statusCode), [200, 200])
  t.equal(own.open.size, 2)
  await app.close()
  await until(() => own.open.size === 0)
})

t.test('the plugin lets an app close after `timeout` when Metabase hangs', async t => {
  const TIMEOUT = 7000
  const timers = holdTimers(t, TIMEOUT)
  const own = await ownMetabase(t, { to_session: silent })
  const { app } = await startHost(t, { options: { instanceUrl: own.url, timeout: TIMEOUT, getUser } })
  const answers = users(await app.listen({ port: 0, host: '127.0.0.1' }))
  await until(() => own.steps.length === USERS)
  const closed = app.close()
  await until(() => !app.server.listening)
  t.equal(own.open.size, USERS)
  timers.run(TIMEOUT)
  t.strictSame(await answers, ALL_TIMED_OUT)
  await closed
  await until(() => own.open.size === 0)
})

t.test('the plugin lets a process that closes the app on SIGTERM end by itself', { timeout: 60_000 }, async t => {
  const script = fileURLToPath(new URL('closing-app.js', import.meta.url))
  const start = (url: string, timeout: number) =>
    startApp(t, script, { METABASE: url, SECRET, TIMEOUT: String(timeout) })
  const { own: slow, release } = await slowMetabase(t)
  const hung = await ownMetabase(t, { to_session: silent })
  const [patient, impatient] = [start(slow.url, 60_000), start(hung.url, 600)]
  const [inTime, tooLate] = [users(await patient.url), users(await impatient.url)]
  const received = () => impatient.output().split('incoming request').length - 1
  await until(() => slow.steps.length === USERS && received() === USERS)
  for (const app of [patient, impatient]) app.kill('SIGTERM')
  await until(() => patient.output().includes('closing'))
  release()
  t.strictSame(await inTime, ALL_IN)
  t.strictSame(await tooLate, ALL_TIMED_OUT)
  t.strictSame(await Promise.all([patient.exited, impatient.exited]), [[0, null], [0, null]])
})
