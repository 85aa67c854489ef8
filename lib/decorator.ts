import type { FastifyInstance, FastifyRequest } from 'fastify'
import { diagnose, exactOrigins, settingsOf } from './diagnosis/diagnose.js'
import type { DiagnosisReport } from './diagnosis/report.js'
import { errorCodes } from './errors.js'
import type { GuestAppearance, GuestEmbed, GuestIssuer } from './guest/issuer.js'
import { claimsOf } from './host/callbacks.js'
import type { AnyRequest, HostRequest, SessionUser } from './host/functions.js'
import type { SignJwt } from './jwt/issuer.js'
import type { MetabaseSession } from './metabase/responses.js'
import type { Revocation } from './metabase/revocation.js'
import { readReturnTo, ssoUrl } from './metabase/sso-url.js'
import { readOrigins } from './options/origin.js'
import type { ResolvedOptions } from './options/resolve.js'
import type { Logout, LogoutReport } from './sessions/logout.js'
import type { SessionProvider } from './sessions/provider.js'
import { isPlainObject } from './values.js'

/**
 * `app.metabaseSso`: what the routes are built from, for use in your own routes.
 * @example const { id } = await app.metabaseSso.exchange({ email: 'ann@example.com' })
 */
export interface MetabaseSso<User = SessionUser> {
  /**
   * Signs a fresh JWT for the user, as Metabase clients want it. Use it at once, and once.
   * @param request passed on to `authorize` and `mapUserToClaims`
   * @throws {MetabaseSsoError} METABASE_SSO_NOT_AUTHORIZED, METABASE_SSO_AUTHORIZE_FAILED, METABASE_SSO_MAPPER_FAILED,
   *   METABASE_SSO_CLAIM…, METABASE_SSO_SECRET_…
   */
  sign (user: User, request?: AnyRequest): Promise<string>
  /**
   * Signs the user in to Metabase from the server, whichever version it is.
   * @param request as with `sign`; with the option `logout`, its user session remembers the Metabase session
   * @returns a session whose `id` goes into the header `X-Metabase-Session` of calls to Metabase's API
   * @throws {MetabaseSsoError} as `sign`, METABASE_SSO_NOT_AUTHENTICATED when the user has signed out meanwhile, and
   *   every code of status 403, 502, 503 and 504
   */
  exchange (user: User, request?: AnyRequest): Promise<MetabaseSession>
  /**
   * Makes the URL that signs a browser in to Metabase (full-app embedding). The URL holds a JWT: answer
   * with a redirect and `Referrer-Policy: no-referrer`, and do not log it.
   * @param options.returnTo where Metabase sends the browser then: a path, or a URL of the instance
   * @throws {MetabaseSsoError} as `sign`, and METABASE_SSO_RETURN_TO_INVALID
   */
  ssoUrl (user: User, options?: { returnTo?: string | undefined }, request?: AnyRequest): Promise<URL>
  /**
   * Ends a Metabase session. One that is over already is fine.
   * @throws {MetabaseSsoError} METABASE_SSO_SESSION_ID_MISSING, and codes of status 502, 503 and 504
   */
  revoke (sessionId: string): Promise<void>
  /**
   * Ends the Metabase sessions that were exchanged for the user session of this request, in any process of yours.
   * Requires the option `logout`. Call it before `request.session.destroy()` and `request.session.regenerate()`: after
   * `destroy()` there is no session, and after `regenerate()` another one, of which nothing is known.
   * @returns how far it went: a Metabase that does not answer is no error
   * @throws {MetabaseSsoError} METABASE_SSO_OPTION_OFF, METABASE_SSO_SESSION_GONE, METABASE_SSO_SESSION_STORE_FAILED
   */
  revoke (request: AnyRequest): Promise<LogoutReport>
  /**
   * Signs a guest token: its bearer sees the item with these locked parameters, until it expires. Requires the option
   * `guest`, but does not ask its `authorize`: the caller decides what to sign.
   * @throws {MetabaseSsoError} METABASE_SSO_OPTION_OFF, METABASE_SSO_GUEST_RESOURCE_INVALID,
   *   METABASE_SSO_GUEST_PARAM…, METABASE_SSO_SECRET_…
   */
  signGuest (embed: GuestEmbed): Promise<string>
  /**
   * Makes the `src` of an `/embed/…` iframe, which holds a guest token.
   * @param appearance such as `{ bordered: false, titled: true, theme: 'night' }`
   * @throws {MetabaseSsoError} as `signGuest`
   */
  guestEmbedUrl (embed: GuestEmbed, appearance?: GuestAppearance): Promise<URL>
  /**
   * Finds out what keeps sign-ins from working, by requests of its own. Without `user` no user is signed in, and
   * nothing changes in Metabase.
   * @param request.origin front ends to check for; default: the exact origins of the option `origin`
   * @param request.user signed in for real: Metabase may create or reactivate the account. The session is ended
   * @returns the checks in order, causes before consequences, and what they could not prove. Faults are no error
   * @throws {MetabaseSsoError} METABASE_SSO_OPTION_OFF, METABASE_SSO_ORIGIN_INVALID
   */
  diagnose (request?: { origin?: string | readonly string[], user?: User }): Promise<DiagnosisReport>
}

/** What a user's sign-in takes. */
export interface SignIn {
  signJwt: SignJwt
  sessions: SessionProvider
}

interface Parts {
  options: ResolvedOptions
  /** Of the route, prefixes included. */
  path: string
  /** Absent for guest embeds alone. */
  signIn: SignIn | undefined
  revocation: Revocation
  /** Absent without the option. */
  logout: Logout | undefined
  /** Absent without the option. */
  guest: GuestIssuer | undefined
}

export function createDecorator (parts: Parts): MetabaseSso<unknown> {
  const { options, path, signIn, revocation, logout, guest } = parts

  async function revoke (target: string): Promise<void>
  async function revoke (target: FastifyRequest): Promise<LogoutReport>
  async function revoke (target: string | FastifyRequest): Promise<void | LogoutReport> {
    if (!isRequest(target)) return await revocation.revoke(target)
    const endSessions = required(logout, '`revoke(request)`', 'logout')
    if (!options.hostSessions.has(target)) throw new errorCodes.METABASE_SSO_SESSION_GONE()
    return await endSessions(options.hostSessions.of(target))
  }

  const requiredSignIn = (): SignIn => required(signIn, 'signing in', 'secret')
  const requiredGuest = (): GuestIssuer => required(guest, 'a guest embed', 'guest')

  return {
    async sign (user, request?: HostRequest) {
      const { signJwt } = requiredSignIn()
      return await signJwt(await claimsOf(user, request, options))
    },
    async exchange (user, request?: HostRequest) {
      const { sessions } = requiredSignIn()
      const claims = await claimsOf(user, request, options)
      const session = request && options.hostSessions.of(request)
      const exchange = await sessions.exchange(claims, session)
      if (request !== undefined && session === undefined) await sessions.rememberLate(exchange, undefined)
      return exchange.session
    },
    async ssoUrl (user, target = {}, request?: HostRequest) {
      const { signJwt } = requiredSignIn()
      // A path in its place would be dropped without a word.
      if (!isPlainObject(target)) {
        throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID(
          'is not in an object: write ssoUrl(user, { returnTo: \'/dashboard/1\' })')
      }
      const returnTo = readReturnTo(target.returnTo, options.publicUrl)
      return ssoUrl(options.publicUrl, await signJwt(await claimsOf(user, request, options)), returnTo)
    },
    revoke,
    signGuest: async embed => await requiredGuest().sign(embed),
    guestEmbedUrl: async (embed, appearance) => await requiredGuest().embedUrl(embed, appearance),
    async diagnose ({ origin, user } = {}) {
      const settings = settingsOf(options, path)
      if (origin !== undefined) settings.origins = exactOrigins(readOrigins(origin))
      if (user === undefined) return await diagnose(settings)
      requiredSignIn()
      return await diagnose(settings, { claims: async () => await claimsOf(user, undefined, options) })
    }
  }
}

function required<T> (part: T | undefined, call: string, option: string): T {
  if (part === undefined) throw new errorCodes.METABASE_SSO_OPTION_OFF(call, option)
  return part
}

/** Not the session that `exchange` returned, which is easily passed for its id. */
const isRequest = (target: string | FastifyRequest): target is FastifyRequest =>
  typeof target === 'object' && target !== null && 'raw' in target && 'server' in target

const NAME = 'metabaseSso'

/**
 * Decorates the instance: with the API itself, or with the API under its namespace. What a parent scope
 * has, or gets later, is visible here, and stays as it is there.
 */
export function decorate (app: FastifyInstance, api: MetabaseSso<unknown>, namespace: string | undefined): void {
  const added = namespace === undefined ? api : { [namespace]: api }
  if (!Object.hasOwn(app, NAME)) {
    const inherited = app.hasDecorator(NAME) ? app.metabaseSso : null
    app.decorate(NAME, Object.assign(Object.create(inherited), added))
    return
  }
  if (Object.keys(added).some(key => Object.hasOwn(app.metabaseSso, key))) {
    throw new errorCodes.METABASE_SSO_NAMESPACE_TAKEN(`app.${NAME}${namespace === undefined ? '' : `.${namespace}`}`)
  }
  Object.assign(app.metabaseSso, added)
}
