import assert from 'node:assert/strict'
import fastifyCors from '@fastify/cors'
import type { DoneFuncWithErrOrRes, FastifyInstance, FastifyReply, FastifyRequest, onRequestHookHandler } from 'fastify'
import { isAllowedOrigin, type Origin } from '../options/origin.js'

type OnSend = (this: FastifyInstance, request: FastifyRequest, reply: FastifyReply, payload: unknown, done: DoneFuncWithErrOrRes) => void

/** What a route needs for CORS of its own. */
export interface Cors {
  /** For `config.cors`: an `@fastify/cors` of the host, registered before or after us, then applies our policy to our routes. */
  policy: object
  /** For the OPTIONS route: answers preflights from allowed origins. */
  onPreflight: onRequestHookHandler
  /** For the OPTIONS route: whatever the host would allow, a stranger's preflight is not answered. */
  onPreflightSend: OnSend
  /** For every other route. On sending, so that no answer goes without it: a 429 of the host's rate limit has it too. */
  onSend: OnSend
}

/** The rules of `@fastify/cors` for single routes: simply registered, it would answer OPTIONS for the whole app. */
export function createCors (origins: readonly Origin[], method: 'GET' | 'POST'): Cors {
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
  const applyCors = hookOf(policy)
  return {
    policy,
    onPreflight: applyCors,
    onPreflightSend (request, reply, payload, done) {
      if (!isAllowedOrigin(origins, request.headers.origin)) dropCorsHeaders(reply)
      done(null, payload)
    },
    onSend (request, reply, payload, done) {
      dropCorsHeaders(reply)
      applyCors.call(this, request, reply, () => done(null, payload)) // it has no error to report: our policy's origin never fails
    }
  }
}

/** Of answers: https://fetch.spec.whatwg.org/#http-responses, https://wicg.github.io/private-network-access. */
const CORS_HEADERS = ['allow-origin', 'allow-credentials', 'expose-headers', 'allow-methods', 'allow-headers', 'max-age', 'allow-private-network']
  .map(name => `access-control-${name}`)

/** What an older `@fastify/cors`, which knows no `config.cors`, or the host by hand may have set. */
function dropCorsHeaders (reply: FastifyReply): void {
  for (const name of CORS_HEADERS) {
    if (reply.hasHeader(name)) reply.removeHeader(name)
  }
}

/** The hook of `@fastify/cors`, caught on its way into the instance: as a hook of a route it speaks for that route alone. */
function hookOf (policy: object): onRequestHookHandler {
  let hook: onRequestHookHandler | undefined
  // Just what @fastify/cors calls: should it come to call more, booting fails, instead of changing the app.
  const catcher: FastifyInstance = Object.assign(Object.create(null), {
    addHook (_name: string, handler: onRequestHookHandler) { hook = handler },
    decorateRequest () {},
    options () {}
  })
  fastifyCors(catcher, policy, () => {})
  assert(hook !== undefined, '@fastify/cors adds a hook when it is registered')
  return hook
}
