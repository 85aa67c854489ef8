import { errorCodes as fastifyErrors } from 'fastify'
import type {
  FastifyContextConfig, FastifyInstance, FastifyRequest, FastifySchema, onSendHookHandler, RouteHandlerMethod,
  RouteOptions
} from 'fastify'
import { errorCodes } from '../errors.js'
import { addCors, type OriginPolicy } from './cors.js'
import { checkPage } from './csrf.js'
import type { ErrorHandler } from './error-handler.js'
import { responseType } from './response-type.js'
import { preflightSchema } from './schemas.js'

/** Bytes of a body that a route of ours reads. */
export const MAX_BODY_BYTES = 16 * 1024

interface Route {
  method: 'GET' | 'POST'
  url: string
  /** Of the host app. */
  routeConfig: FastifyContextConfig | undefined
  /** Tells which front ends may call it. */
  isAllowed: OriginPolicy
  schema: FastifySchema
  errorHandler: ErrorHandler
  /** Replaces the host's parsers of bodies. */
  addParsers?: (scope: FastifyInstance) => void
  handler: RouteHandlerMethod
  /** Runs when the host's hooks have: its session is saved then. */
  beforeSend?: ((request: FastifyRequest) => Promise<void>) | undefined
}

/** Adds a route and its preflight, with what our routes share: CORS, no caching, no HEAD. In a scope of its own. */
export async function addRoute (parent: FastifyInstance, route: Route): Promise<void> {
  const { method, url, routeConfig, isAllowed, schema, errorHandler, addParsers, handler, beforeSend } = route
  await parent.register(async scope => {
    // For the host's `@fastify/cors`, and for its `@fastify/swagger`, whose transform may read zod's schemas alone.
    const config: object = { ...routeConfig, cors: false, swaggerTransform: false }
    addCors(scope, method, isAllowed)
    addParsers?.(scope)
    add(scope, {
      method,
      url,
      config,
      errorHandler,
      exposeHeadRoute: false, // a HEAD would sign in, too
      // After the host's hooks, such as a rate limit, and before the body is read.
      preParsing: (request, _reply, _payload, done) => {
        const checked = checkPage(request, isAllowed)
        if (checked === undefined) done()
        else checked.then(() => done(), done)
      },
      schema,
      // The schema documents. Compilers that the host has set, such as zod's, could not read it.
      validatorCompiler: () => () => true,
      serializerCompiler: () => serialize,
      handler,
      onSend: beforeSend === undefined ? hardenHeaders : [hardenHeaders, beforeSend]
    })
    add(scope, {
      method: 'OPTIONS',
      url,
      config,
      errorHandler,
      schema: preflightSchema,
      // Not callNotFound(): it would leave our hooks for those of the host's 404 route.
      handler: (_request, reply) => reply.code(404).send(),
      onSend: hardenHeaders
    })
  })
}

/** The path of a route below a prefix, joined as Fastify joins them. */
export const pathBelow = (prefix: string, path: string): string => prefix.replace(/\/$/, '') + path

function add (scope: FastifyInstance, route: RouteOptions): void {
  try {
    scope.route(route)
  } catch (cause) {
    if (!(cause instanceof fastifyErrors.FST_ERR_DUPLICATED_ROUTE)) throw cause
    throw new errorCodes.METABASE_SSO_PATH_TAKEN(`${String(route.method)} ${pathBelow(scope.prefix, route.url)}`)
  }
}

/** The host's errors pass here too, when it answers on our route; their fields are not enumerable. */
function serialize (body: unknown): string {
  if (!(body instanceof Error)) return JSON.stringify(body)
  const { statusCode, code, error, message } = body as Error & Record<string, unknown>
  return JSON.stringify({ statusCode, code, error, message })
}

const hardenHeaders: onSendHookHandler = (request, reply, payload, done) => {
  reply.header('cache-control', 'no-store')
  reply.header('x-content-type-options', 'nosniff')
  // A fetch with CORS is not subject to it. In a page with Cross-Origin-Embedder-Policy (COEP) a frame is, which has
  // to have COEP itself where it shows our response: a failure.
  const isNavigation = responseType(request) === 'redirect'
  reply.header('cross-origin-resource-policy', isNavigation ? 'cross-origin' : 'same-origin')
  if (isNavigation) reply.header('cross-origin-embedder-policy', 'require-corp')
  if (reply.statusCode === 302) reply.header('referrer-policy', 'no-referrer')
  done(null, payload)
}
