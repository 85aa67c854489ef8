import type { FastifyRequest } from 'fastify'
import type { Dispatcher } from 'undici'
import * as v from 'valibot'
import { defaultMapUserToClaims, type UserToClaims } from '../claims.js'
import { GuestSchema, type GuestOptions } from './guest.js'
import { isMatchAll, originProblem, type Origin } from './origin.js'
import { BooleanSchema, isFunction, PathSchema, PreviousSecretSchema, row, SecretSchema, TokenLifetimeSchema, wholeNumber } from './values.js'

/** A value, or a promise of it. */
type MaybePromise<T> = T | Promise<T>

/** The user as `@fastify/session` holds it, where the host app has declared its `Session`; else unknown. */
export type SessionUser = FastifyRequest extends { session: { user?: infer User } } ? NonNullable<User> : unknown

type GetUser<User> = (request: FastifyRequest) => MaybePromise<User | null | undefined>

/** `request` is absent where the host calls `app.metabaseSso` without one. */
type Authorize<User> = (user: User, request: FastifyRequest | undefined) => MaybePromise<boolean>

const InstanceUrlSchema = v.pipe(
  v.custom<string | URL>(value => (typeof value === 'string' || value instanceof URL) && URL.canParse(String(value)), 'METABASE_SSO_INSTANCE_URL_INVALID'),
  v.transform(value => new URL(value.toString())),
  v.check(url => /^https?:$/.test(url.protocol), 'METABASE_SSO_INSTANCE_URL_PROTOCOL'),
  v.check(url => url.username === '' && url.password === '', 'METABASE_SSO_INSTANCE_URL_CREDENTIALS'),
  v.check(url => !/[?#]/.test(url.href), 'METABASE_SSO_INSTANCE_URL_QUERY'),
  v.transform(url => url.origin + url.pathname.replace(/\/+$/, ''))
)

const OriginSchema = v.pipe(
  v.custom<Origin | readonly Origin[] | false>(value => value !== true, 'METABASE_SSO_ORIGIN_WILDCARD'),
  v.check(value => !Array.isArray(value) || value.length > 0, 'METABASE_SSO_ORIGIN_INVALID:is an empty list; write false for none'),
  v.transform((value): readonly unknown[] => value === false ? [] : Array.isArray(value) ? [...value] : [value]),
  v.check(origins => !origins.includes('*') && !origins.includes(true), 'METABASE_SSO_ORIGIN_WILDCARD'),
  v.check(origins => !origins.some(isMatchAll), 'METABASE_SSO_ORIGIN_WILDCARD'),
  v.check(origins => origins.every(origin => originProblem(origin) === undefined),
    ({ input }) => `METABASE_SSO_ORIGIN_INVALID:${input.map(originProblem).find(Boolean)}`),
  v.transform(origins => origins.map(origin => origin instanceof RegExp ? new RegExp(origin) : origin) as readonly Origin[])
)

/** Signing out, with a path of its own. */
export const LogoutSchema = v.object({ path: v.optional(PathSchema) })

/** The one source of the options' types, of the checks at boot and of the README's table. */
export const OptionsSchema = v.object({
  /**
   * Metabase's JWT signing key (Admin > Settings > Authentication > JWT), as text: at least 32 characters,
   * no white space around it. A function is asked whenever something is signed; what it returns is kept for
   * five seconds, or until Metabase says that the signature is wrong. Required: undefined, as from an
   * environment variable that is not set, is refused when the app boots.
   */
  secret: v.pipe(SecretSchema,
    row('string, Buffer, or (async) function returning one', 'required', "Metabase's JWT signing key")),
  /**
   * The signing key that Metabase had before, while the change is under way: an exchange tries it once when
   * Metabase says that the signature is wrong. Default: none.
   */
  previousSecret: v.pipe(v.optional(PreviousSecretSchema),
    row('string or Buffer', 'none', "the key before `secret`, while Metabase's is being changed: tried once by an exchange")),
  /** Base URL of the Metabase instance, http or https; a path prefix is kept. Required. */
  instanceUrl: v.pipe(InstanceUrlSchema,
    row('string or URL', 'required', 'base URL of the Metabase instance; a path prefix is kept')),
  /**
   * Front-end origins that may call the routes from the browser, always with credentials: exact origins
   * such as `https://app.example.com`, or regular expressions (anchor them: they are tested against the
   * whole `Origin` header). Default `false`: none. `'*'` and `true` are refused.
   */
  origin: v.pipe(v.optional(OriginSchema, false),
    row('string, RegExp, array of these, or `false`', '`false`', "front-end origins allowed by CORS, always with credentials; `'*'` and `true` are refused")),
  /** Turns your user into claims; may be async. Default: reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`. */
  mapUserToClaims: v.pipe(
    v.optional(v.custom<UserToClaims<unknown>>(isFunction, 'must be a function'), () => defaultMapUserToClaims),
    row('`(user, request) => claims`, may be async', 'reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`', 'the user-to-claims mapper')),
  /** Who is signed in; may be async. Return null or undefined for nobody. Default: the session's `user`, through `@fastify/session`. */
  getUser: v.pipe(
    v.optional(v.custom<GetUser<unknown>>(isFunction, 'must be a function')),
    row('`(request) => user | null | undefined`, may be async', "the session's `user`, through @fastify/session", 'who is signed in')),
  /**
   * Whether this user may sign in to Metabase; may be async. Asked before the claims are made and before
   * Metabase hears of the user, so that no account is created or reactivated. Return true, or false
   * to refuse with 403. Default: everybody who is signed in may.
   */
  authorize: v.pipe(
    v.optional(v.custom<Authorize<unknown>>(isFunction, 'must be a function')),
    row('`(user, request) => boolean`, may be async', 'everybody who is signed in may', 'who may sign in to Metabase; others get 403, and Metabase never hears of them')),
  /** Refuses to sign claims without `@tenant`: a first login without it makes a user internal for good (metabase#78009). Default false. */
  requireTenant: v.pipe(v.optional(BooleanSchema, false),
    row('boolean', '`false`', 'refuses to sign claims without `@tenant`')),
  /** Path of the route, after the `prefix` of the registration, if any. Default `/sso/metabase`. */
  path: v.pipe(
    v.optional(PathSchema, '/sso/metabase'),
    row('string', '`/sso/metabase`', 'the route')),
  /**
   * Seconds between `iat` and `exp` of the JWT, 1 to 1,209,600 (two weeks, the life of a Metabase session).
   * SDKs ask for a new session at the first call after `exp` (seen in 0.52.7 and 0.56.3). Default 600.
   */
  tokenLifetime: v.pipe(v.optional(TokenLifetimeSchema, 600),
    row('integer seconds', '600', '`exp - iat` of the JWT')),
  /**
   * Milliseconds for the whole exchange with Metabase, fallbacks included, 100 to 600,000. Each of your own functions,
   * and the session store, may take as long. Default 5000.
   */
  timeout: v.pipe(v.optional(wholeNumber('milliseconds', 100, 600_000), 5000),
    row('integer ms', '5000', 'whole exchange with Metabase, retries and fallbacks included; your own functions and the session store have as long each')),
  /**
   * How many connections to Metabase each process has at most, 1 to 10,000. Has no effect on a `dispatcher` of yours,
   * except that together with `queue` it says how many sign-ins may be under way. Default 64.
   */
  connections: v.pipe(v.optional(wholeNumber('connections', 1, 10_000), 64),
    row('integer', '64', 'connections to Metabase at most, in each process')),
  /**
   * How many sign-ins may wait for a connection, 0 to 100,000. Their `timeout` runs already, and each waits for half
   * of it at most. Others get 503 with `Retry-After`. Default 500.
   */
  queue: v.pipe(v.optional(wholeNumber('sign-ins', 0, 100_000), 500),
    row('integer', '500', 'sign-ins that may wait for a connection, for half of `timeout` at most; others get 503')),
  /**
   * Answers a session that was exchanged before, for the same claims in the same user session, while at least half of
   * its life is left: reloading a page then costs Metabase nothing. Takes `@fastify/session`, in whose store it is kept. Default false.
   */
  cache: v.pipe(v.optional(BooleanSchema, false),
    row('boolean', '`false`', 'answers a session exchanged before while at least half of its life is left')),
  /**
   * Where a browser navigation without a signed-in user is sent: a path or an http(s) URL, or a function
   * returning one, perhaps async. The way back is added as `return_to`. Default: none, such a navigation gets 401.
   */
  loginUrl: v.pipe(
    v.optional(v.custom<string | ((request: FastifyRequest) => MaybePromise<string>)>(value => isFunction(value) || isLoginUrl(value), 'must be a path beginning with a single /, an http(s) URL, or a function')),
    row('string or `(request) => string`', 'none', 'where a browser navigation without a signed-in user is sent')),
  /** Guest embeds: `POST <path>/guest` gives embed.js tokens for what `authorize` grants. Default: none, there is no such route. */
  guest: v.pipe(v.optional(v.pipe(v.custom<v.InferInput<typeof GuestSchema>>(value => typeof value === 'object' && value !== null, 'must be an object with secret and authorize'), GuestSchema)),
    row('`{ secret, authorize, public, path, tokenLifetime }`', 'none', 'guest embeds: `POST /sso/metabase/guest`')),
  /**
   * Signing out: `POST <path>/logout`, or another path. The Metabase sessions that are exchanged for a user
   * are then remembered in the store of `@fastify/session`, so that they can be ended. Default false: there is no such route.
   */
  logout: v.pipe(
    v.optional(v.union([BooleanSchema, LogoutSchema], 'must be true, false or { path }'), false),
    row('boolean or `{ path }`', '`false`', 'signing out: `POST /sso/metabase/logout`')),
  /** For several Metabase instances in one app: the API is then `app.metabaseSso.<namespace>`. Default: none. */
  namespace: v.pipe(
    v.optional(v.custom<string>(value => typeof value === 'string' && /^[a-z_$][\w$]*$/i.test(value) && !RESERVED_NAMES.has(value) && !(value in {}), 'must be an identifier, and not the name of a method of app.metabaseSso')),
    row('string', 'none', 'for several Metabase instances in one app: `app.metabaseSso.<namespace>`')),
  /** A Dispatcher of undici 7 or later for the calls to Metabase: proxies, custom CAs, tests. You close it. Default: a keep-alive pool, closed with the app. */
  dispatcher: v.pipe(
    v.optional(v.custom<Dispatcher>(value => value !== null && typeof value === 'object' && 'dispatch' in value && isFunction(value.dispatch), 'must be a Dispatcher of undici 7 or later')),
    row('Dispatcher of undici 7 or later', 'own keep-alive pool, closed with the app', 'proxies, custom CAs, tests'))
})

const RESERVED_NAMES: ReadonlySet<string> = new Set(['sign', 'exchange', 'ssoUrl', 'revoke', 'signGuest', 'guestEmbedUrl', 'diagnose'])

/** A path on this host, or a complete http(s) URL. */
export function isLoginUrl (value: unknown): value is string {
  return typeof value === 'string' && (/^\/(?![/\\])/.test(value) || (/^https?:\/\//i.test(value) && URL.canParse(value)))
}

/** What `app.register(metabaseSso, options)` takes. `User` is inferred from `getUser`, or is the session's user; `PublicGuests` is `guest.public`. */
export interface MetabaseSsoOptions<User = SessionUser, PublicGuests extends boolean = false> extends Omit<v.InferInput<typeof OptionsSchema>, 'getUser' | 'mapUserToClaims' | 'authorize' | 'guest'> {
  /** Who is signed in; may be async. Return null or undefined for nobody. Default: the session's `user`, through `@fastify/session`. */
  getUser?: GetUser<User>
  /** Turns your user into claims; may be async. Default: reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`. */
  mapUserToClaims?: UserToClaims<User>
  /**
   * Whether this user may sign in to Metabase; may be async. Asked before the claims are made and before
   * Metabase hears of the user, so that no account is created or reactivated. Return true, or false
   * to refuse with 403. Default: everybody who is signed in may.
   */
  authorize?: Authorize<User>
  /** Guest embeds: `POST <path>/guest` gives embed.js tokens for what `authorize` grants. Default: none, there is no such route. */
  guest?: GuestOptions<User, PublicGuests>
}

/** The options with every default in place: a frozen copy that shares nothing with the caller's object. */
export type ResolvedOptions = Readonly<v.InferOutput<typeof OptionsSchema>>
