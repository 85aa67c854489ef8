import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { emailOf } from '../claims.js'
import { Cancellation } from '../metabase/deadline.js'
import { errorCodes } from '../errors.js'
import { sessionUser } from '../host/session.js'
import type { ResolvedOptions } from '../options/schema.js'
import { checkReturnTo } from '../metabase/return-to.js'
import type { SessionReuse } from '../sessions/provider.js'
import type { SignIn } from '../sign-in.js'
import { answerKind, type AnswerKind } from './response-type.js'
import { failureHandler } from './error-handler.js'
import { loginRedirect } from './login-redirect.js'
import { addRoute } from './route.js'
import { ssoSchema } from './schemas.js'
import { signedInUser } from '../host/user.js'

/** How the user of a sign-in is named in the log. */
export type LogUser = (email: string) => unknown

/** `GET <path>` and its preflight. */
export function ssoRoute (scope: FastifyInstance, options: ResolvedOptions, signIn: SignIn, reuse: SessionReuse, logUser: LogUser): void {
  const { path: url, origin, instanceUrl, loginUrl, getUser = sessionUser } = options
  addRoute(scope, { method: 'GET', url, origin, schema: ssoSchema, errorHandler: failureHandler('sign-in to Metabase'), handler })

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
    const log = (exchange?: { generation?: string, reused?: true }) => request.log.info({
      metabaseUser: { toJSON: () => logUser(String(emailOf(claims))) }, // not computed for a log that nobody keeps
      answer,
      generation: exchange?.generation,
      reused: exchange?.reused,
      durationMs: Math.round(performance.now() - began)
    }, DONE[answer])

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
    const exchange = await reuse.exchange(claims, request, whenGone(reply))
    log(exchange)
    return exchange.session
  }
}

/** When the client leaves before it has its answer. */
function whenGone ({ raw }: FastifyReply): Cancellation {
  const gone = new Cancellation()
  if (raw.destroyed) gone.cancel()
  else raw.on('close', () => { if (!raw.writableEnded) gone.cancel() })
  return gone
}

/** What the log says of each answer; with a JWT, the client has yet to sign in. */
const DONE: Readonly<Record<AnswerKind, string>> = {
  jwt: 'gave out a JWT for Metabase',
  redirect: 'sent the browser to Metabase with a JWT',
  session: 'signed in to Metabase'
}
