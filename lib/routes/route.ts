import { errorCodes as fastifyErrors } from 'fastify'
import type { FastifyContextConfig, FastifyInstance, FastifySchema, onSendHookHandler, RouteHandlerMethod, RouteOptions } from 'fastify'
import { errorCodes } from '../errors.js'
import type { Origin } from '../options/origin.js'
import { createCors } from './cors.js'
import type { FailureHandler } from './error-handler.js'
import { preflightSchema } from './schemas.js'

/** A route of ours. */
interface Route {
  method: 'GET' | 'POST'
  url: string
  /** Origins of front ends that may call it. */
  origin: readonly Origin[]
  schema: FastifySchema
  errorHandler: FailureHandler
  handler: RouteHandlerMethod
}

/** Adds a route with what all of ours have in common: CORS of its own and its preflight, answers that nobody keeps, no HEAD. */
export function addRoute (scope: FastifyInstance, { method, url, origin, schema, errorHandler, handler }: Route): void {
  const cors = createCors(origin, method)
  const config: FastifyContextConfig & { cors: object } = { cors: cors.policy }

  add(scope, {
    method,
    url,
    config,
    errorHandler,
    exposeHeadRoute: false, // a HEAD would sign in, too
    onSend: [hardenHeaders, cors.onSend],
    schema,
    // The schema documents. Compilers that the host has set, such as zod's, could not read it.
    validatorCompiler: () => () => true,
    serializerCompiler: () => serialize,
    handler
  })
  add(scope, {
    method: 'OPTIONS',
    url,
    config,
    errorHandler,
    schema: preflightSchema,
    onRequest: cors.onPreflight,
    onSend: [hardenHeaders, cors.onPreflightSend],
    // Not callNotFound(): it would leave our hooks for those of the host's 404 route.
    handler: (_request, reply) => reply.code(404).send()
  })
}

/** The path of a route that stands below another one. */
export const below = (path: string, name: string): string => `${path.replace(/\/$/, '')}/${name}`

function add (scope: FastifyInstance, route: RouteOptions): void {
  try {
    scope.route(route)
  } catch (cause) {
    if (cause instanceof fastifyErrors.FST_ERR_DUPLICATED_ROUTE) throw new errorCodes.METABASE_SSO_PATH_TAKEN(`${String(route.method)} ${scope.prefix}${route.url}`)
    throw cause
  }
}

/** The host's errors pass here too, when it answers on our route; their fields are not enumerable. */
function serialize (body: unknown): string {
  if (!(body instanceof Error)) return JSON.stringify(body)
  const { statusCode, code, error, message } = body as Error & Record<string, unknown>
  return JSON.stringify({ statusCode, code, error, message })
}

const hardenHeaders: onSendHookHandler = (_request, reply, payload, done) => {
  reply.header('cache-control', 'no-store')
  reply.header('x-content-type-options', 'nosniff')
  if (reply.statusCode === 302) reply.header('referrer-policy', 'no-referrer')
  done(null, payload)
}
