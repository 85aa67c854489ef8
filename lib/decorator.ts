import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { MetabaseSession } from './answers.js'
import { errorCodes } from './errors.js'
import type { Metabase } from './metabase.js'
import type { SessionUser } from './options.js'
import type { SignIn } from './sign-in.js'

/** `app.metabaseSso`: what the routes are built from, for use in your own routes. */
export interface MetabaseSso<User = SessionUser> {
  /**
   * A fresh JWT for the user, as Metabase clients want it. Use it at once, and once.
   * @param request passed on to `mapUserToClaims`
   * @throws {MetabaseSsoError} METABASE_SSO_MAPPER_FAILED, METABASE_SSO_CLAIM…, METABASE_SSO_SECRET_…
   */
  sign (user: User, request?: FastifyRequest): Promise<string>
  /**
   * Signs the user in to Metabase from the server, whichever version it is.
   * @returns a session whose `id` goes into the header `X-Metabase-Session` of calls to Metabase's API
   * @throws {MetabaseSsoError} as `sign`, and every code of status 403, 502 and 504
   */
  exchange (user: User, request?: FastifyRequest): Promise<MetabaseSession>
  /**
   * Where to send a browser so that Metabase signs it in (full-app embedding). The URL holds a JWT: answer
   * with a redirect and `Referrer-Policy: no-referrer`, and do not log it.
   * @param options.returnTo where Metabase sends the browser then: a path, or a URL of the instance
   * @throws {MetabaseSsoError} as `sign`, and METABASE_SSO_RETURN_TO_INVALID
   */
  ssoUrl (user: User, options?: { returnTo?: string }, request?: FastifyRequest): Promise<URL>
  /**
   * Ends a Metabase session. One that is over already is fine.
   * @throws {MetabaseSsoError} codes of status 502 and 504
   */
  revoke (sessionId: string): Promise<void>
}

export function createDecorator (signIn: SignIn, metabase: Metabase): MetabaseSso<unknown> {
  return {
    sign: async (user, request) => await signIn.jwt(await signIn.claims(user, request)),
    exchange: async (user, request) => (await signIn.exchange(await signIn.claims(user, request))).session,
    ssoUrl: async (user, { returnTo } = {}, request) => await signIn.ssoUrl(await signIn.claims(user, request), returnTo),
    revoke: async sessionId => await metabase.revoke(sessionId)
  }
}

const NAME = 'metabaseSso'

/**
 * Decorates the instance: with the API itself, or with the API under its namespace. What a parent scope
 * has, or gets later, is visible here, and stays as it is there.
 * @throws METABASE_SSO_NAMESPACE_TAKEN
 */
export function decorate (app: FastifyInstance, api: MetabaseSso<unknown>, namespace: string | undefined): void {
  const added = namespace === undefined ? api : { [namespace]: api }
  if (!Object.hasOwn(app, NAME)) {
    const inherited = app.hasDecorator(NAME) ? app.metabaseSso : null
    app.decorate(NAME, Object.assign(Object.create(inherited), added))
    return
  }
  if (Object.keys(added).some(key => Object.hasOwn(app.metabaseSso, key))) {
    throw new errorCodes.METABASE_SSO_NAMESPACE_TAKEN(namespace === undefined ? 'app.metabaseSso' : `app.metabaseSso.${namespace}`)
  }
  Object.assign(app.metabaseSso, added)
}
