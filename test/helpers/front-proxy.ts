import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import type { Test } from 'tap'
import { request } from 'undici'
import { listen } from './own-metabase.js'

/** A response on its way through a proxy. Header names are in lower case. */
export interface Passing {
  method: string
  path: string
  /** Of the page that asks. */
  origin: string | undefined
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

/**
 * Starts a proxy that changes responses of a server. It ends with the test.
 * @param change may be async; where it throws, the connection is cut
 */
export async function frontProxy (t: Test, target: string, change: (passing: Passing) => unknown): Promise<string> {
  const server = createServer((incoming, outgoing) => {
    async function forward () {
      const { method = '', url: path = '', headers: { host, connection, ...headers } } = incoming
      const payload = await buffer(incoming)
      const body = payload.length > 0 ? payload : null
      const answer = await request(target + path, { method: method as 'GET', headers, body })
      const {
        'transfer-encoding': _encoding, 'content-length': _length, connection: _connection, ...kept
      } = answer.headers
      const passing: Passing = {
        method, path, origin: headers.origin, status: answer.statusCode, headers: kept, body: await answer.body.text()
      }
      await change(passing)
      outgoing.sendDate = false // that of the server passes
      outgoing.writeHead(passing.status, passing.headers).end(passing.body)
    }
    forward().catch(() => outgoing.destroy())
  })
  return `http://127.0.0.1:${await listen(t, server)}`
}
