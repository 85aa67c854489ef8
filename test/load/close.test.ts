import type { IncomingMessage, ServerResponse } from 'node:http'
import t, { type Test } from 'tap'
import { request } from 'undici'
import { startApp } from '../helpers/app-process.js'
import { SECRET, startHost } from '../helpers/host.js'
import { discovered, ownMetabase, signedIn, silent, type Reply } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

const PEOPLE = 10
const ALL_IN = Array(PEOPLE).fill([200, 'ok'])
/** A Metabase that answers nothing until it is told to. */
async function slowMetabase (t: Test) {
  const held: Array<() => void> = []
  let isHolding = true
  const hold = (reply: Reply): Reply => (response: ServerResponse, request: IncomingMessage) => {
    if (isHolding) held.push(() => reply(response, request))
    else reply(response, request)
  }
  const own = await ownMetabase(t, { discovery: hold(discovered), post: hold(signedIn) })
  return {
    own,
    release () {
      isHolding = false
      for (const answer of held) answer()
    }
  }
}

/** What so many people are answered. None keeps a connection, for which Fastify would wait. */
function people (url: string): Promise<Array<[status: number, code: string]>> {
  return Promise.all(Array.from({ length: PEOPLE }, async () => {
    const { statusCode, body } = await request(`${url}/sso/metabase`, { reset: true })
    const { status, code } = await body.json() as { status: string, code?: string }
    return [statusCode, code ?? status]
  }))
}

t.test('closing the app lets sign-ins end that are under way, also those that have yet to send their JWT', { timeout: 20_000 }, async t => {
  const { own, release } = await slowMetabase(t)
  const { app } = await startHost(t, { options: { instanceUrl: own.url, getUser: () => ({ email: 'ann@example.com' }) } })
  const answers = people(await app.listen({ port: 0, host: '127.0.0.1' }))
  await until(() => own.steps.length === PEOPLE)
  const closed = app.close()
  await until(() => !app.server.listening)
  release()
  t.strictSame(await answers, ALL_IN)
  await closed
  t.equal(own.steps.length, 2 * PEOPLE)
  await until(() => own.open.size === 0)
})

t.test('with a Metabase that hangs, closing takes no longer than the timeout', { timeout: 20_000 }, async t => {
  const own = await ownMetabase(t, { discovery: silent })
  const { app } = await startHost(t, { options: { instanceUrl: own.url, timeout: 400, getUser: () => ({ email: 'ann@example.com' }) } })
  const answers = people(await app.listen({ port: 0, host: '127.0.0.1' }))
  await until(() => own.steps.length === PEOPLE)
  const began = performance.now()
  await app.close()
  const took = performance.now() - began
  t.ok(took < 1400, `${Math.round(took)} ms`)
  t.strictSame(await answers, Array(PEOPLE).fill([504, 'METABASE_SSO_TIMEOUT']))
})

t.test('a process that closes the app on SIGTERM ends by itself, and well, when everybody has an answer', { timeout: 20_000 }, async t => {
  const start = (url: string, timeout: number) => startApp(t, '.build/test/helpers/closing-app.js', { METABASE: url, SECRET, TIMEOUT: String(timeout) })
  const { own: slow, release } = await slowMetabase(t)
  const hung = await ownMetabase(t, { discovery: silent })
  const [patient, impatient] = [start(slow.url, 10_000), start(hung.url, 600)]
  const [in10, in06] = [people(await patient.url), people(await impatient.url)]
  await until(() => slow.steps.length === PEOPLE && hung.steps.length === PEOPLE)
  for (const app of [patient, impatient]) app.kill('SIGTERM')
  await until(() => patient.output().includes('closing'))
  release()
  t.strictSame(await in10, ALL_IN)
  t.strictSame(await in06, Array(PEOPLE).fill([504, 'METABASE_SSO_TIMEOUT']))
  t.strictSame(await Promise.all([patient.exited, impatient.exited]), [[0, null], [0, null]])
})
