import { once } from 'node:events'
import { connect } from 'node:net'
import t, { type Test } from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import { outcome } from '../helpers/exchange.js'
import { ANN, startHost, type AppUser, type Cookies } from '../helpers/host.js'
import { logOut } from '../helpers/logout.js'
import { ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

/** A Metabase that answers a JWT when it is told to, and a host app whose clients may leave. */
async function setUp (t: Test, options: Partial<MetabaseSsoOptions<AppUser>> = {}) {
  const counts = { left: 0, aborted: 0, mapped: 0, ended: 0 }
  const held: Array<() => void> = []
  const toSession: Reply = (response, request) => {
    response.on('close', () => { if (!response.writableEnded) counts.aborted++ })
    held.push(() => signedIn(response, request))
  }
  const other: Reply = response => { counts.ended++; response.writeHead(204).end() }
  const own = await ownMetabase(t, { to_session: toSession, other })
  const mapUserToClaims = ({ email }: AppUser) => { counts.mapped++; return { email } }
  const host = await startHost(t, {
    options: { instanceUrl: own.url, mapUserToClaims, ...options },
    before: app => app.addHook('onRequest', async (_request, reply) => {
      reply.raw.on('close', () => { if (!reply.raw.writableEnded) counts.left++ })
    })
  })
  await host.app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = host.app.server.address() as { port: number }

  /** A browser that asks; what is returned makes it leave. */
  function ask (cookies: Cookies) {
    const socket = connect(port, '127.0.0.1')
    const cookie = Object.entries(cookies).map(pair => pair.join('=')).join('; ')
    socket.write(`GET /sso/metabase HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`)
    return async () => {
      const before = counts.left
      socket.destroy()
      await once(socket, 'close')
      await until(() => counts.left > before)
    }
  }
  return { ...host, own, counts, ask, answer: () => { for (const reply of held.splice(0)) reply() } }
}

for (const cache of [false, true]) {
  t.test(`the route lets a reload join an exchange whose client left (cache: ${cache})`, async t => {
    const { app, own, logs, logIn, counts, ask, answer } = await setUp(t, { cache })
    const cookies = await logIn()
    const leave = ask(cookies)
    await until(() => own.steps.includes('to_session'))
    await leave()
    const reload = app.inject({ url: '/sso/metabase', cookies })
    await until(() => counts.mapped === 2)
    answer()
    t.strictSame(outcome(await reload), ['ok', 200])
    t.strictSame(own.steps, ['to_session'], 'one exchange')
    t.equal(counts.aborted, 0)
    t.strictSame(logs.filter(({ err }) => err !== undefined), [], 'that a client left is no error')
  })
}

t.test('the route ends an exchange whose client left, and a logout ends its session', async t => {
  const { app, own, logs, logIn, counts, ask, answer } = await setUp(t, { logout: true })
  const cookies = await logIn()
  const leave = ask(cookies)
  await until(() => own.steps.includes('to_session'))
  await leave()
  answer()
  await until(() => logs.some(({ msg }) => msg === 'signed in to Metabase'))
  t.match((await logOut(app, cookies)).json(), { ended: 1, remaining: 0 })
  t.strictSame([counts.aborted, counts.ended], [0, 1])
})

t.test('the route goes on for a client that left while the app looked for its user', async t => {
  let find = (_user: AppUser) => {}
  let isAsked = false
  const getUser = async () => await new Promise<AppUser>(resolve => { find = resolve; isAsked = true })
  const { app, own, logs, counts, ask, answer } = await setUp(t, { getUser })
  const leave = ask({})
  await until(() => isAsked)
  await leave()
  find(ANN)
  await until(() => own.steps.includes('to_session'))
  isAsked = false
  const reload = app.inject('/sso/metabase')
  await until(() => isAsked)
  find(ANN)
  await until(() => counts.mapped === 2)
  answer()
  t.strictSame(outcome(await reload), ['ok', 200])
  t.strictSame(own.steps, ['to_session'])
  t.strictSame(logs.filter(({ err }) => err !== undefined), [])
})
