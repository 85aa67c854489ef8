import { hash } from 'node:crypto'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { signInChannel, traced, type SignInEvent } from '../tracing.js'
import { claimsOf, findUser } from '../host/callbacks.js'
import type { HostRequest } from '../host/functions.js'
import type { SignJwt } from '../jwt/issuer.js'
import type { Exchange } from '../metabase/client.js'
import { readReturnTo, returnToOf, ssoUrl } from '../metabase/sso-url.js'
import type { ResolvedOptions } from '../options/resolve.js'
import type { SessionProvider } from '../sessions/provider.js'
import type { OriginPolicy } from './cors.js'
import { createErrorHandler } from './error-handler.js'
import { createShowFailure } from './failure-page.js'
import { loginRedirect } from './host-pages.js'
import { responseType, type ResponseType } from './response-type.js'
import { addRoute } from './route.js'
import { ssoSchema } from './schemas.js'
import { sendJson } from './send-json.js'

/** How the user of a sign-in is named in the log. */
export type LogUser = (email: string) => unknown

interface Parts {
  options: ResolvedOptions
  isAllowed: OriginPolicy
  signJwt: SignJwt
  sessions: SessionProvider
  logUser: LogUser
}

/** Adds `GET <path>`: the response that each Metabase client expects. */
export async function addSsoRoute (scope: FastifyInstance, parts: Parts): Promise<void> {
  const { options, isAllowed, signJwt, sessions, logUser } = parts
  const { path: url, routeConfig, instanceUrl, publicUrl, loginUrl, getUser, hostSessions, logout, timeout } = options
  const errorHandler = createErrorHandler('sign-in to Metabase', createShowFailure(options))
  const unsaved = new WeakMap<FastifyRequest, Exchange>()
  const beforeSend = logout && rememberUnsaved
  await addRoute(scope, {
    method: 'GET', url, routeConfig, isAllowed, schema: ssoSchema, errorHandler, handler, beforeSend
  })

  function handler (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const event: SignInEvent = { instanceUrl, requestId: request.id, answer: responseType(request) }
    return traced(signInChannel, event, () => signIn(request, reply, event))
  }

  async function signIn (request: FastifyRequest, reply: FastifyReply, event: SignInEvent): Promise<FastifyReply> {
    const { answer } = event
    const began = performance.now()
    const { return_to: parsed } = request.query as { return_to?: unknown }
    const returnTo = readReturnTo(returnToOf(request.originalUrl, parsed), publicUrl)
    const { user, visitor } = await findUser(getUser, request, timeout)
    if (visitor !== undefined) {
      if (answer !== 'redirect' || loginUrl === undefined) throw visitor
      event.sentToLogin = true
      return reply.redirect(await loginRedirect(loginUrl, request, timeout))
    }
    const claims = await claimsOf(user, request as HostRequest, options)
    const log = () => request.log.info({
      metabaseUser: { toJSON: () => logUser(claims.email) }, // not computed where the log is off
      answer,
      exchangeMethod: event.exchangeMethod,
      reused: event.reused,
      durationMs: Math.round(performance.now() - began)
    }, MESSAGES[answer])

    if (answer === 'session') {
      const session = hostSessions.of(request)
      const exchange = await sessions.provide(claims, session)
      if (session === undefined) unsaved.set(request, exchange)
      event.exchangeMethod = exchange.method
      event.reused = exchange.isReused
      log()
      return sendJson(reply, exchange.session)
    }
    const jwt = await signJwt(claims)
    // Before the log says so: a URL that is too long is an error.
    const location = answer === 'redirect' ? ssoUrl(publicUrl, jwt, returnTo).href : undefined
    log()
    return location === undefined ? sendJson(reply, { jwt }) : reply.redirect(location)
  }

  /** With `saveUninitialized`, the session of a first request is kept, which shows only now. */
  async function rememberUnsaved (request: FastifyRequest): Promise<void> {
    const exchange = unsaved.get(request)
    if (exchange !== undefined) await sessions.rememberLate(exchange, hostSessions.of(request))
  }
}

/** What the log says of each response. With a JWT, the client has yet to sign in. */
const MESSAGES: Readonly<Record<ResponseType, string>> = {
  jwt: 'issued a JWT for Metabase',
  redirect: 'issued a JWT for Metabase and redirected the browser with it',
  session: 'signed in to Metabase'
}

/** Tells one user's log lines from another's without a name. Not anonymous: known addresses can be hashed, too. */
export const pseudonym: LogUser = email => hash('sha256', email.toLowerCase()).slice(0, 12)
