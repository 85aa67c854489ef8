import { errorCodes as fastifyErrors } from 'fastify'
import type { FastifyContextConfig, FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler, RouteOptions } from 'fastify'
import { emailOf } from '../claims.js'
import { errorCodes } from '../errors.js'
import type { ResolvedOptions } from '../options.js'
import { checkReturnTo } from '../return-to.js'
import type { SignIn } from '../sign-in.js'
import { answerKind, type AnswerKind } from './answer.js'
import { createCors } from './cors.js'
import { handleFailure } from './failure.js'
import { loginRedirect } from './login.js'
import { preflightSchema, ssoSchema } from './schema.js'
import { sessionUser, signedInUser } from './user.js'

/** How the user of a sign-in is named in the log. */
export type LogUser = (email: string) => unknown

/** `GET <path>` and its preflight. */
export function ssoRoute (scope: FastifyInstance, options: ResolvedOptions, signIn: SignIn, logUser: LogUser): void {
  const { path: url, origin, instanceUrl, loginUrl, getUser = sessionUser } = options
  const cors = createCors(origin, 'GET')
  const config: FastifyContextConfig & { cors: object } = { cors: cors.policy }
  const common = { url, config, errorHandler: handleFailure }

  add(scope, {
    ...common,
    method: 'GET',
    exposeHeadRoute: false, // a HEAD would sign in, too
    onSend: [hardenHeaders, cors.onSend],
    schema: ssoSchema,
    // The schema documents. Compilers that the host has set, such as zod's, could not read it.
    validatorCompiler: () => () => true,
    serializerCompiler: () => serialize,
    handler
  })
  add(scope, {
    ...common,
    method: 'OPTIONS',
    schema: preflightSchema,
    onRequest: cors.onPreflight,
    onSend: [hardenHeaders, cors.onPreflightSend],
    // Not callNotFound(): it would leave our hooks for those of the host's 404 route.
    handler: (_request, reply) => reply.code(404).send()
  })

  async function handler (request: FastifyRequest, reply: FastifyReply) {
    const began = performance.now()
    const { return_to: returnTo } = request.query as { return_to?: unknown }
    if (returnTo !== undefined) checkReturnTo(returnTo, instanceUrl)
    const answer = answerKind(request)
    let user: unknown
    try {
      user = await signedInUser(getUser, request)
    } catch (error) {
      const isVisitor = error instanceof errorCodes.METABASE_SSO_NOT_AUTHENTICATED
      if (isVisitor && answer === 'redirect' && loginUrl !== undefined) return reply.redirect(await loginRedirect(loginUrl, request))
      throw error
    }

    const claims = await signIn.claims(user, request)
    const metabaseUser = logUser(String(emailOf(claims)))
    const log = (generation?: string) => request.log.info(
      { metabaseUser, answer, generation, durationMs: Math.round(performance.now() - began) },
      DONE[answer])

    if (answer === 'jwt') {
      const jwt = await signIn.jwt(claims)
      log()
      return { jwt }
    }
    if (answer === 'redirect') {
      const ssoUrl = await signIn.ssoUrl(claims, returnTo)
      log()
      return reply.redirect(ssoUrl.href)
    }
    const { session, generation } = await signIn.exchange(claims)
    log(generation)
    return session
  }
}

/** What the log says of each answer; with a JWT, the client has yet to sign in. */
const DONE: Readonly<Record<AnswerKind, string>> = {
  jwt: 'gave out a JWT for Metabase',
  redirect: 'sent the browser to Metabase with a JWT',
  session: 'signed in to Metabase'
}

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
