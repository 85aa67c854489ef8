// Stands in for Metabase 61: every exchange gets the same session, after some time.
import { once } from 'node:events'
import { createServer } from 'node:http'
import { session } from '../settings.js'
import { answerParent } from './child.js'

const found = JSON.stringify({ url: 'https://app.example.com/sso/metabase', method: 'jwt' })
const signedIn = JSON.stringify(session)
let exchanges = 0
let hangs = false
let server

answerParent({
  async start ({ delay }) {
    server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => {
      if (hangs) return
      if (delay === 0) answer(request, response)
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
  }
})

function answer ({ method, url }, response) {
  const isExchange = method === 'POST' || url.includes('jwt=ey')
  if (isExchange) exchanges++
  const body = isExchange ? signedIn : found
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) })
  response.end(body)
}
