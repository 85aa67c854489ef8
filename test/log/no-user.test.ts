import secureSession from '@fastify/secure-session'
import Fastify from 'fastify'
import { Writable } from 'node:stream'
import t from 'tap'
import metabaseSso from '../../index.js'
import { cookiesOf, SECRET, SESSION_SECRET, startHost, type Host } from '../helpers/host.js'

const url = '/sso/metabase?response=json'

/** Why the last 401 came, as the log has it. */
function reasonOf ({ logs }: Pick<Host, 'logs'>): string {
  const line = logs.findLast(({ err }) => err !== undefined)
  t.equal(line?.level, 30)
  t.match(line?.err, { code: 'METABASE_SSO_NOT_AUTHENTICATED', hint: /^Expect it for visitors/ })
  return String(line?.msg).replace('sign-in to Metabase failed: the request has no signed-in user: ', '')
}

t.test('the log tells a request without a cookie from one with the cookie of no session', async t => {
  const host = await startHost(t)
  t.equal((await host.app.inject({ url })).statusCode, 401)
  t.match(reasonOf(host), /^no cookie came \(a visitor, or a cookie that SameSite/)

  await host.app.inject({ url, cookies: { sessionId: 'made.up' } })
  t.match(reasonOf(host), /^none of its cookies is of a session in the store/)
})

t.test('the log names what the session holds instead of a user', async t => {
  const host = await startHost(t)
  host.app.post('/other', async (request, reply) => {
    Object.assign(request.session, { userId: 7, [`x${'y'.repeat(100)}`]: 'not in the log' })
    return await reply.code(204).send()
  })
  await host.app.inject({ url, cookies: cookiesOf(await host.app.inject({ method: 'POST', url: '/other' })) })
  t.equal(reasonOf(host), `its session holds no \`user\` but \`userId\`, \`x${'y'.repeat(39)}\` ` +
    '(pass `getUser` if the user is elsewhere)')
})

t.test('the log names at most five values of a session', async t => {
  const host = await startHost(t)
  host.app.post('/other', async (request, reply) => {
    Object.assign(request.session, { a: 1, b: 2, c: 3, d: 4, e: 5, f: 6 })
    return await reply.code(204).send()
  })
  await host.app.inject({ url, cookies: cookiesOf(await host.app.inject({ method: 'POST', url: '/other' })) })
  t.match(reasonOf(host), /but `a`, `b`, `c`, `d`, `e` \(/)
})

t.test('the log says that a session is empty', async t => {
  const host = await startHost(t, { session: { saveUninitialized: true } })
  host.app.get('/', () => 'home')
  await host.app.inject({ url, cookies: cookiesOf(await host.app.inject('/')) })
  t.equal(reasonOf(host), 'its session is empty')
})

t.test('the log says that a session has lost its user, or is gone', async t => {
  const host = await startHost(t, {
    after: app => app.addHook('preHandler', async request => {
      if (request.headers['x-destroy'] !== undefined) await request.session.destroy()
    })
  })
  host.app.post('/log-out', async (request, reply) => {
    request.session.user = undefined
    return await reply.code(204).send()
  })
  const cookies = await host.logIn()
  await host.app.inject({ method: 'POST', url: '/log-out', cookies })
  await host.app.inject({ url, cookies })
  t.match(reasonOf(host), /^its session holds no `user`/)

  await host.app.inject({ url, cookies: await host.logIn(), headers: { 'x-destroy': '' } })
  t.equal(reasonOf(host), 'it has no session')
})

for (const [returned, shown] of [
  [undefined, 'undefined'], [null, 'null'], [false, 'false'], ['', '""'], [0, '0']
] as const) {
  t.test(`the log says that getUser returned ${shown}, and nothing of cookies`, async t => {
    const host = await startHost(t, { options: { getUser: () => returned } })
    await host.app.inject({ url })
    t.equal(reasonOf(host), `\`getUser\` returned ${shown}`)
  })
}

t.test('the log says that getUser threw a 401, with the cause', async t => {
  const thrown = Object.assign(new Error('no bearer token'), { statusCode: 401 })
  const host = await startHost(t, { options: { getUser: () => { throw thrown } } })
  await host.app.inject({ url })
  t.equal(reasonOf(host), '`getUser` threw an error of status 401')
  t.match(host.logs.findLast(({ err }) => err !== undefined)?.err, { stack: /no bearer token/ })
})

t.test('a session of @fastify/secure-session gets a sentence of its own', async t => {
  const logs: Host['logs'] = []
  const stream = new Writable({ write: (line, _encoding, done) => { logs.push(JSON.parse(String(line))); done() } })
  const app = Fastify({ logger: { stream } })
  t.teardown(() => app.close())
  await app.register(secureSession, { secret: SESSION_SECRET, salt: 'sixteen letters.' })
  app.register(metabaseSso, { secret: SECRET, instanceUrl: 'https://metabase.example.com' })
  t.equal((await app.inject({ url })).statusCode, 401)
  t.equal(reasonOf({ logs }), 'its session holds no `user`')
})
