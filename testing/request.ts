import type { FastifyRequest } from 'fastify'
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

/** Method and path below the `basePath`, such as `'POST /auth/sso'`. */
export function routeOf ({ basePath }: Instance, { method, path }: ReceivedRequest): string {
  return `${method} ${path.slice(basePath.length)}`
}
