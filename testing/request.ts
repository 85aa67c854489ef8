import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Instance } from './instance.js'
import type { ReceivedRequest } from './types.js'

/** A query string's values by key. */
export type Query = Record<string, string>

/** What the routes tell Fastify about their types. */
export interface WithQuery { Querystring: Query }

export type Request = FastifyRequest<WithQuery>

/** Reads a query string. Of a repeated key the last value counts. */
export function parseQuery (query: string): Query {
  return Object.fromEntries(new URLSearchParams(query))
}

/** Writes method and path below the `basePath`, such as `'POST /auth/sso'`. */
export function routeOf ({ basePath }: Instance, { method, path }: ReceivedRequest): string {
  return `${method} ${path.slice(basePath.length)}`
}

/** Finds the JWT in a JSON body, if there is one. */
export function jwtIn (body: unknown): string | undefined {
  const jwt = typeof body === 'object' && body !== null && 'jwt' in body ? body.jwt : undefined
  return typeof jwt === 'string' && jwt.trim() !== '' ? jwt : undefined
}

/** Records each request on arrival, so that the order is right, and its body once that is parsed. */
export function recordRequests (app: FastifyInstance, metabase: Instance): void {
  app.decorateRequest('record')

  app.addHook<WithQuery>('onRequest', async request => {
    const { method, url, query } = request
    const [path = url] = url.split('?', 1)
    const record: ReceivedRequest = { method, url, path, query, headers: { ...request.headers }, body: undefined }
    metabase.requests.push(record)
    request.setDecorator('record', record)
  })

  app.addHook('preValidation', async request => {
    recordOf(request).body = request.body
  })
}

/** Finds the record of a request. */
export function recordOf (request: Pick<FastifyRequest, 'getDecorator'>): ReceivedRequest {
  return request.getDecorator<ReceivedRequest>('record')
}
