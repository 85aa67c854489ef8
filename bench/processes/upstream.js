// Stands in for Metabase 61: every exchange gets the same session, after some time.
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { session } from '../settings.js'
import { answerParent } from './child.js'

const found = JSON.stringify({ url: 'https://app.example.com/sso/metabase', method: 'jwt' })
const signedIn = JSON.stringify(session)
let exchanges = 0
let deletions = 0
let hangs = false
let server

answerParent({
  /**
   * @param {object} options
   * @param {number} options.delay milliseconds
   * @param {number} [options.deletionDelay] milliseconds to end a session; then each exchange gets another one
   */
  async start ({ delay, deletionDelay }) {
    server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      if (hangs) return
      if (request.method === 'DELETE') setTimeout(endSession, deletionDelay, response)
      else if (deletionDelay !== undefined) send(JSON.stringify({ ...session, id: randomUUID() }), response)
      else if (delay === 0) answer(request, response)
      else setTimeout(answer, delay, request, response)
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return `http://127.0.0.1:${server.address().port}`
  },
  /** Whether it leaves everybody without an answer. */
  hang (yes) {
    hangs = yes
  },
  /** Closes all connections, whatever is going on there, and listens again at once. */
  async restart () {
    const { port } = server.address()
    server.close()
    server.closeAllConnections()
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  },
  /** How many there were since it was asked last. */
  exchanges () {
    const count = exchanges
    exchanges = 0
    return count
  },
  /** How many sessions were ended. */
  deletions: () => deletions
})

function endSession (response) {
  deletions++
  response.writeHead(204).end()
}

function answer ({ method, url }, response) {
  const isExchange = method === 'POST' || url.includes('jwt=ey')
  if (isExchange) exchanges++
  send(isExchange ? signedIn : found, response)
}

function send (body, response) {
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
