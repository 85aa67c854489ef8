import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Server, Socket } from 'node:net'
import type { Test } from 'tap'

/** What a request asks for. */
export type Step = 'discovery' | 'get' | 'post' | 'to_session' | 'properties' | 'other'
export type Reply = (response: ServerResponse, request: IncomingMessage) => void

/** The id of every session that these servers hand out. */
export const SESSION_ID = '5e551011-dead-4bad-8bad-5e551011dead'
const SESSION = { status: 'ok', id: SESSION_ID, exp: 2000000600, iat: 2000000000 }

const reply = (status: number, type: string, body: string): Reply => response => {
  response.writeHead(status, { 'content-type': type }).end(body)
}
export const json = (status: number, body: unknown): Reply => reply(status, 'application/json', JSON.stringify(body))
export const html = (status: number): Reply =>
  reply(status, 'text/html;charset=utf-8', '<!doctype html><title>Metabase</title>')
export const signedIn = json(200, SESSION)
/** As `to_session` answers, without times. */
export const traded = json(200, { session_token: SESSION_ID })
/** A text of Metabase's below `/auth/sso`, where texts have no content type. */
export const text = (status: number, body: string): Reply => response => { response.writeHead(status).end(body) }
/** A path that this Metabase does not know. */
export const notFound = text(404, 'Not found.')
/** Discovery of v58 and later. */
export const discovered = json(200, { url: 'https://app.example.com/sso/metabase', method: 'jwt' })
/** Nothing is ever answered. */
export const silent: Reply = () => {}

export interface OwnMetabase {
  url: string
  /** What it was asked, in order. */
  steps: Step[]
  /** Connections so far. */
  connections: number
  /** Those that are open. */
  open: Set<Socket>
  /** Closes every connection, whatever goes on there, and listens again at once. */
  restart: () => Promise<void>
}

function stepOf ({ method, url = '' }: IncomingMessage): Step {
  const { pathname, searchParams } = new URL(url, 'http://metabase.test')
  switch (`${String(method)} ${pathname}`) {
    case 'GET /auth/sso': return searchParams.has('jwt') ? 'get' : 'discovery'
    case 'POST /auth/sso': return 'post'
    case 'POST /auth/sso/to_session': return 'to_session'
    case 'GET /api/session/properties': return 'properties'
    default: return 'other'
  }
}

/** Listens on a free port until the test ends, connections included. */
export async function listen (t: Test, server: Server): Promise<number> {
  const sockets = new Set<{ destroy (): unknown }>()
  server.on('connection', socket => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {}) // the client may go away at any time
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  t.teardown(async () => {
    for (const socket of sockets) socket.destroy()
    await new Promise(resolve => server.close(resolve))
  })
  return (server.address() as AddressInfo).port
}

/** A Metabase such as the stand-in is not: a reply for each thing it may be asked; 404 for the rest. */
export async function ownMetabase (t: Test, replies: Partial<Record<Step, Reply>>): Promise<OwnMetabase> {
  const own: OwnMetabase = { url: '', steps: [], connections: 0, open: new Set(), restart }
  const server = createServer((request, response) => {
    const step = stepOf(request)
    own.steps.push(step)
    request.resume()
    request.on('end', () => (replies[step] ?? notFound)(response, request))
  })
  server.keepAliveTimeout = 600_000 // a connection that ends sooner was ended on purpose
  server.on('connection', socket => {
    own.connections += 1
    own.open.add(socket)
    socket.on('close', () => own.open.delete(socket))
  })
  const port = await listen(t, server)
  own.url = `http://127.0.0.1:${port}`
  return own

  async function restart () {
    const closed = once(server, 'close')
    server.close()
    for (const socket of own.open) socket.destroy()
    await closed
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
}
