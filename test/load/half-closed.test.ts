import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import t, { type Test } from 'tap'
import { Pool } from 'undici'
import { atComputers, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { listen } from '../helpers/own-metabase.js'

const answer = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`
const DISCOVERY = answer('{"url":"http://app.example/sso","method":"jwt"}')
const SESSION = answer('{"status":"ok","id":"5e55","iat":1,"exp":9999999999}')
const USERS = 20
const ALL_IN = Array(USERS).fill(['ok', 200])

/** A Metabase that can end its side of connections, and goes on listening at theirs. */
async function halfClosing (t: Test) {
  const idle = new Set<Socket>()
  const server = createServer({ allowHalfOpen: true }, socket => {
    idle.add(socket)
    socket.on('data', data => {
      if (!socket.writableEnded) socket.write(String(data).startsWith('GET') ? DISCOVERY : SESSION)
    })
    socket.on('close', () => idle.delete(socket))
  })
  const url = `http://127.0.0.1:${await listen(t, server)}`
  return { url, idle }
}

t.test('the plugin signs in when Metabase has ended its side of idle connections', async t => {
  const { url, idle } = await halfClosing(t)
  const host = await startHost(t, { options: { instanceUrl: url, connections: USERS } })
  for (let round = 0; round < 3; round++) {
    t.strictSame((await atComputers(host, USERS)).map(outcome), ALL_IN)
    const sockets = [...idle]
    t.ok(sockets.length > 1)
    for (const socket of sockets) socket.end()
    await Promise.all(sockets.map(async socket => socket.closed || await once(socket, 'close')))
  }
})

t.test('the plugin signs in when Metabase ends its side just as it is about to be used', async t => {
  const { url, idle } = await halfClosing(t)
  let isEnding = false
  const pool = new Pool(url, { connections: USERS })
  t.teardown(async () => await pool.destroy())
  const dispatcher = pool.compose(dispatch => (options, handler) => {
    const result = dispatch(options, handler)
    if (isEnding) for (const socket of idle) socket.end()
    isEnding = false
    return result
  })
  const host = await startHost(t, { options: { instanceUrl: url, dispatcher } })
  for (let round = 0; round < 3; round++) {
    t.strictSame((await atComputers(host, USERS)).map(outcome), ALL_IN)
    isEnding = true
  }
})
