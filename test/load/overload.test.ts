import Fastify from 'fastify'
import t from 'tap'
import { Cancellation } from '../../lib/metabase/deadline.js'
import { createGuard } from '../../lib/metabase/call-policy.js'
import { outcome } from '../helpers/exchange.js'
import { ORIGIN, startHost } from '../helpers/host.js'
import { discovered, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

t.test('beyond connections and queue people get 503 at once, and when to come again', async t => {
  const { app, metabase, logIn, logs } = await startHost(t, { options: { connections: 2, queue: 3, timeout: 700 } })
  const sessions = await Promise.all(Array.from({ length: 8 }, async () => await logIn()))
  metabase.fail('hang')
  const began = performance.now()
  const ended: Array<[code: string, status: number, ms: number]> = []
  const responses = await Promise.all(sessions.map(async cookies => {
    const response = await app.inject({ url: '/sso/metabase', cookies, headers: { origin: ORIGIN } })
    ended.push([...outcome(response), performance.now() - began])
    return response
  }))
  t.strictSame(ended.map(([code, status]) => [code, status]), [...Array(6).fill(['METABASE_SSO_OVERLOADED', 503]), ...Array(2).fill(['METABASE_SSO_TIMEOUT', 504])])
  t.ok(ended.slice(0, 3).every(([,, ms]) => ms < 350), 'those beyond the queue without waiting')
  t.ok(ended.slice(3, 6).every(([,, ms]) => ms >= 349 && ms < 700), 'those in the queue when half of their time is over')
  for (const response of responses.filter(({ statusCode }) => statusCode === 503)) {
    t.match(response.headers, { 'retry-after': '1', 'cache-control': 'no-store', 'access-control-allow-origin': ORIGIN })
    t.match(response.json(), { status: 'error', message: 'authentication failed' })
  }
  t.match(logs.filter(({ err }) => (err as { code?: string } | undefined)?.code === 'METABASE_SSO_OVERLOADED'), Array(6).fill({ level: 40, err: { hint: String, stack: undefined } }))
  t.ok(metabase.requests.length <= 2, 'those who waited for a connection were never sent')

  metabase.fail(null)
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies: sessions[0] ?? {} })), ['ok', 200], 'then it is as before')
})

t.test('a Metabase to which more people come than it can serve works for none in vain', async t => {
  const post: Reply = (response, request) => { setTimeout(signedIn, 200, response, request) }
  const own = await ownMetabase(t, { discovery: discovered, post })
  const { app, logIn } = await startHost(t, { options: { connections: 2, queue: 50, timeout: 1000, instanceUrl: own.url } })
  const sessions = await Promise.all(Array.from({ length: 40 }, async () => await logIn()))
  const codes = (await Promise.all(sessions.map(async cookies => await app.inject({ url: '/sso/metabase', cookies })))).map(response => outcome(response)[0])
  t.strictSame(new Set(codes), new Set(['ok', 'METABASE_SSO_OVERLOADED']), 'nobody is sent to it who has too little time left')
  t.equal(own.steps.filter(step => step === 'post').length, codes.filter(code => code === 'ok').length)
})

t.test('there are never more connections than asked for', async t => {
  const own = await ownMetabase(t, { discovery: discovered, post: signedIn })
  const { app, logIn } = await startHost(t, { options: { connections: 3, instanceUrl: own.url } })
  const sessions = await Promise.all(Array.from({ length: 30 }, async () => await logIn()))
  const responses = await Promise.all(sessions.map(async cookies => await app.inject({ url: '/sso/metabase', cookies })))
  t.strictSame(responses.map(outcome), Array(30).fill(['ok', 200]))
  t.equal(own.connections, 3)
})

t.test('other answers of the plugin and other routes of the host are not concerned', async t => {
  const { app, metabase, logIn } = await startHost(t, { options: { connections: 1, queue: 1, timeout: 500 } })
  app.get('/other', async () => 'fine')
  const cookies = await logIn()
  metabase.fail('hang')
  const waiting = Promise.all([await logIn(), await logIn()].map(async cookies => await app.inject({ url: '/sso/metabase', cookies })))
  await until(() => metabase.requests.length > 0)
  t.equal((await app.inject('/other')).body, 'fine')
  t.match((await app.inject({ url: '/sso/metabase?response=json', cookies })).json(), { jwt: String })
  t.strictSame(outcome(await app.inject({ url: '/sso/metabase', cookies })), ['METABASE_SSO_OVERLOADED', 503])
  await waiting
})

t.test('a second try, for which less time is left, has as much less patience', async t => {
  const guard = createGuard({ timeout: 1000, connections: 1, queue: 1 }, Fastify().log)
  const busy = new Cancellation()
  const first = guard(async () => await new Promise(() => {}), busy)
  const began = performance.now()
  await t.rejects(guard(async () => t.fail('there is no room'), undefined, 600), { code: 'METABASE_SSO_OVERLOADED' })
  const took = performance.now() - began
  t.ok(took >= 199 && took < 400, `${took} ms of the 400 that are left`)
  busy.cancel()
  await t.rejects(first, { code: 'METABASE_SSO_CLIENT_GONE' })
})
