import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import type { HostRequest } from '../host/functions.js'
import { isListed } from '../options/origin.js'
import type { ResolvedOptions } from '../options/resolve.js'
import type { MaybePromise } from '../timeout.js'

/** Tells whether pages of the request's origin may call our routes. CORS and the CSRF check share it. */
export type OriginPolicy = (request: FastifyRequest) => MaybePromise<boolean>

export function createOriginPolicy (options: Pick<ResolvedOptions, 'origin' | 'timeout'>): OriginPolicy {
  const { origin: allowed, timeout } = options
  // Once a request: the function of the host runs, and a refusal is logged.
  const decisions = new WeakMap<FastifyRequest, MaybePromise<boolean>>()
  const logRefusal = createOriginLog()

  return request => {
    const { origin } = request.headers
    if (origin === undefined) return false
    if (typeof allowed !== 'function' && isListed(allowed, origin)) return true
    const decision = decisions.get(request) ?? decide(origin, request)
    decisions.set(request, decision)
    return decision
  }

  function decide (origin: string, request: FastifyRequest): MaybePromise<boolean> {
    // Any sandboxed page sends the origin `null`.
    if (typeof allowed !== 'function' || origin === 'null') return logged(false, request)
    return ask(() => allowed(origin, request as HostRequest), request)
  }

  async function ask (allows: () => MaybePromise<unknown>, request: FastifyRequest): Promise<boolean> {
    const answer = await callHost(allows, timeout, cause => new errorCodes.METABASE_SSO_ORIGIN_FAILED({ cause }))
    if (typeof answer !== 'boolean') throw new errorCodes.METABASE_SSO_ORIGIN_FAILED()
    return logged(answer, request)
  }

  function logged (isAllowed: boolean, request: FastifyRequest): boolean {
    if (!isAllowed) logRefusal(request)
    return isAllowed
  }
}

const MINUTE_MS = 60_000

/** Refused origins that the log names in a minute, and characters of each: both are chosen by the caller. */
const MAX_ORIGINS = 20
const MAX_LENGTH = 200

/** Logs an origin that is not allowed, once a minute. Without the line, only the browser's console tells. */
function createOriginLog (): (request: FastifyRequest) => void {
  const logged = new Set<string>()
  let began = -Infinity
  let unlogged = 0

  return request => {
    const origin = String(request.headers.origin).slice(0, MAX_LENGTH)
    if (isOwnPage(request)) return // it sends its origin with a POST, and needs no CORS
    if (performance.now() - began >= MINUTE_MS) {
      if (unlogged > 0) request.log.info({ requests: unlogged }, 'further origins were refused in a minute before')
      began = performance.now()
      unlogged = 0
      logged.clear()
    }
    if (logged.has(origin)) return
    if (logged.size === MAX_ORIGINS) {
      unlogged++
      return
    }
    logged.add(origin)
    request.log.info({ origin }, 'a page may not read the response: its origin is not in the option `origin`')
  }
}

/** Whether a request comes from a page of the app itself, or from no page. */
export function isOwnPage ({ headers, host }: FastifyRequest): boolean {
  const { origin, 'sec-fetch-site': site } = headers
  // Behind a proxy, the app may know neither its scheme nor its host: `same-origin` settles it.
  if (site !== undefined && site !== 'none') return site === 'same-origin'
  // Without the scheme, as TLS may end in front of the app.
  return origin === undefined || withoutPort(origin.replace(/^https?:\/\//, '')) === withoutPort(host)
}

const withoutPort = (host: string): string => host.replace(/:(?:80|443)$/, '')

/**
 * Answers preflights and adds CORS headers, for every route of a scope. A policy by hand, since `@fastify/cors` answers
 * OPTIONS for a whole app, and none of its headers reach what a hook of the host refuses before it. The routes have
 * `config: { cors: false }`, so that an `@fastify/cors` of the host leaves them alone.
 */
export function addCors (scope: FastifyInstance, method: 'GET' | 'POST', isAllowed: OriginPolicy): void {
  // A hook of the scope, and no route's: hooks that the host adds later, such as for authentication, run after it.
  scope.addHook('onRequest', (request, reply, done) => {
    const next = (allowed: boolean): unknown => allowed && isPreflight(request) ? reply.code(204).send() : done()
    const allowed = isAllowed(request)
    if (typeof allowed === 'boolean') next(allowed)
    else allowed.then(next, done)
  })

  // On sending, so that a response of the host's has the headers, too: a 401 of its hook, a 429 of its rate limit.
  scope.addHook('onSend', (request, reply, payload, done) => {
    const next = (allowed: boolean): void => {
      setHeaders(request, reply, allowed, method)
      done(null, payload)
    }
    const allowed = isAllowed(request)
    if (typeof allowed === 'boolean') next(allowed)
    else allowed.then(next, () => next(false))
  })
}

const isPreflight = ({ method, headers }: FastifyRequest): boolean =>
  method === 'OPTIONS' && headers['access-control-request-method'] !== undefined

/** Of responses: https://fetch.spec.whatwg.org/#http-responses, https://wicg.github.io/private-network-access. */
const CORS_HEADERS = ['origin', 'credentials', 'methods', 'headers', 'private-network']
  .map(name => `access-control-allow-${name}`)
  .concat('access-control-expose-headers', 'access-control-max-age')

function setHeaders (request: FastifyRequest, reply: FastifyReply, allowed: boolean, method: string): void {
  // Those of a host that sets them by hand, or by an `@fastify/cors` before 11.2, which does not know `config.cors`.
  // Looked for first: to remove what is absent takes longer.
  for (const name of CORS_HEADERS) if (reply.hasHeader(name)) reply.removeHeader(name)
  addVary(reply, 'Origin')
  if (!allowed) return
  const { origin, 'access-control-request-headers': asked } = request.headers
  reply.headers({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true' })
  if (!isPreflight(request)) return
  addVary(reply, 'Access-Control-Request-Headers')
  reply.headers({ 'access-control-allow-methods': method, 'access-control-max-age': '600' })
  if (asked !== undefined) reply.header('access-control-allow-headers', asked)
}

function addVary (reply: FastifyReply, name: string): void {
  const names = [reply.getHeader('vary') ?? []].flat().join(', ')
  if (names.toLowerCase().split(/,\s*/).includes(name.toLowerCase())) return
  reply.header('vary', names === '' ? name : `${names}, ${name}`)
}
