import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import t from 'tap'
import { Agent, buildConnector } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const DISCOVERY = answer('{"url":"http://app.example/sso","method":"jwt"}')
const SESSION = answer('{"status":"ok","id":"5e55","iat":1,"exp":9999999999}')

/** A server that sees bytes, to say on which connection what happens. */
async function rawServer (onRequest: (socket: Socket, line: string) => void): Promise<Server & { url: string }> {
  const server = createServer(socket => {
    socket.on('data', data => onRequest(socket, String(data).split('\r\n')[0] ?? ''))
    socket.on('error', () => {})
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  t.teardown(() => server.close())
  return Object.assign(server, { url: `http://127.0.0.1:${port}` })
}

for (const [how, die] of Object.entries({
  'was closed': (socket: Socket) => socket.destroy(),
  'was reset': (socket: Socket) => socket.resetAndDestroy()
})) {
  t.test(`the plugin sends again what met a keep-alive connection that ${how} meanwhile`, async t => {
    const seen: string[] = []
    let isDying = false
    const { url } = await rawServer((socket, line) => {
      seen.push(line)
      if (isDying) { isDying = false; return die(socket) }
      socket.write(line.startsWith('GET') ? DISCOVERY : SESSION)
    })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: url } }))
    t.strictSame(outcome(await signIn()), ['ok', 200])
    isDying = true
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.same(seen.slice(-2), Array(2).fill('POST /auth/sso/to_session HTTP/1.1'))
  })
}

t.test('the plugin does not try a third time when the next connection dies, too', async t => {
  let requests = 0
  const { url } = await rawServer(socket => { requests++; socket.destroy() })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: url } }))
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_UNREACHABLE', 502])
  t.equal(requests, 2)
})

t.test('the plugin sends nothing again after the first byte of an answer', async t => {
  let posts = 0
  const { url } = await rawServer((socket, line) => {
    if (line.startsWith('GET')) return socket.write(DISCOVERY)
    posts++
    socket.write(SESSION.slice(0, -10), () => socket.destroy())
  })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: url } }))
  t.strictSame(outcome(await signIn()), ['METABASE_SSO_UNREACHABLE', 502])
  t.equal(posts, 1)
})

t.test('the plugin does not try twice to open a connection', async t => {
  const closed = await rawServer(() => {})
  closed.close()
  const { app, logs, logIn } = await startHost(t, { options: { instanceUrl: closed.url } })
  const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })
  t.strictSame(outcome(response), ['METABASE_SSO_UNREACHABLE', 502])
  t.match(logs.find(({ err }) => err !== undefined), { err: { message: /ECONNREFUSED/ } })
})

t.test('the plugin tries again when a connection was reset while it was being opened', async t => {
  const { url } = await rawServer((socket, line) => socket.write(line.startsWith('GET') ? DISCOVERY : SESSION))
  let attempts = 0
  const connect = buildConnector({})
  const dispatcher = new Agent({
    connect (options, done) {
      if (++attempts > 1) return connect(options, done)
      done(Object.assign(new Error('connect ECONNRESET'), { code: 'ECONNRESET', syscall: 'connect' }), null)
    }
  })
  t.teardown(async () => await dispatcher.close())
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: url, dispatcher } }))
  t.strictSame(outcome(await signIn()), ['ok', 200])
})
