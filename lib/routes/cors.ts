import assert from 'node:assert/strict'
import fastifyCors from '@fastify/cors'
import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { isAllowedOrigin, type Origin } from '../origin.js'

/** What a route needs for CORS of its own. */
export interface Cors {
  /** For `config.cors`: an @fastify/cors of the host, registered before or after us, then applies our policy to our routes. */
  policy: object
  /** For the OPTIONS route: answers preflights from allowed origins. */
  onPreflight: onRequestHookHandler
  /** For every other route. On sending, so that no answer goes without it: a 429 of the host's rate limit has it too. */
  onSend: (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes) => void
}

/** The rules of @fastify/cors for single routes: simply registered, it would answer OPTIONS for the whole app. */
export function createCors (app: FastifyInstance, origins: readonly Origin[], method: 'GET' | 'POST'): Cors {
  // Each option that it knows, so that none of the host's own shows through.
  const policy = {
    origin: (origin: string | undefined, answer: (error: null, origin: string | false) => void) => {
      answer(null, isAllowedOrigin(origins, origin) ? origin : false)
    },
    credentials: true,
    methods: method,
    allowedHeaders: null, // null: those that the browser asks for
    exposedHeaders: null,
    maxAge: 600,
    cacheControl: null,
    preflight: true,
    preflightContinue: false,
    optionsSuccessStatus: 204,
    strictPreflight: true
  }
  const applyCors = hookOf(app, policy)
  return {
    policy,
    onPreflight: applyCors,
    onSend (request, reply, payload, done) {
      // What an older @fastify/cors, or the host by hand, may have set for an origin that we do not allow.
      reply.removeHeader('access-control-allow-origin')
      reply.removeHeader('access-control-allow-credentials')
      applyCors.call(this, request, reply, error => error === undefined ? done(null, payload) : done(error))
    }
  }
}

/** The hook of @fastify/cors, caught on its way into the instance: as a hook of a route it speaks for that route alone. */
function hookOf (app: FastifyInstance, policy: object): onRequestHookHandler {
  let hook: onRequestHookHandler | undefined
  const catcher: FastifyInstance = Object.create(app, {
    addHook: { value: (_name: string, handler: onRequestHookHandler) => { hook = handler } },
    decorateRequest: { value: () => {} },
    options: { value: () => {} }
  })
  fastifyCors(catcher, policy, () => {})
  assert(hook !== undefined, '@fastify/cors adds a hook when it is registered')
  return hook
}
