import type { Dispatcher } from 'undici'
import type { ClaimNames } from '../claims.js'
import type {
  AllowOrigin, Authorize, AuthorizeGuest, FastifyContextConfig, GetErrorUrl, GetLoginUrl, GetSessionId, GetUser,
  KeyValueStore, SessionUser, UserToClaims
} from '../host/functions.js'
import type { Origin } from './origin.js'
import type { Secret, SecretFunction } from './secret.js'

// A test compares the README's tables with the first sentence, the type and the default of each option here.

/**
 * What `app.register(metabaseSso, options)` takes. `User` is inferred from `getUser`, or is the session's user;
 * `PublicGuests` is `guest.public`.
 * @example const options: MetabaseSsoOptions = { secret: [newKey, oldKey], instanceUrl: 'https://metabase.example.com' }
 */
export interface MetabaseSsoOptions<User = SessionUser, PublicGuests extends boolean = false> {
  /**
   * Metabase's JWT signing key (Admin > Settings > Authentication > JWT; newer: Embedding hub > Authentication). Used
   * as text: at least 32 characters, no white space around it. Of an array of up to five, the first signs until an
   * exchange shows which one Metabase has. What a function returns is kept for five seconds, or until Metabase refuses
   * each of its keys. Undefined, as of an environment variable that is not set, is refused when the app boots. Guest
   * embeds alone need no such key.
   */
  secret: Secret | readonly Secret[] | SecretFunction<Secret | readonly Secret[]> | undefined
  /** Base URL of the Metabase instance as this server reaches it, http or https. A path prefix is kept. */
  instanceUrl: string | URL
  /**
   * Base URL of the Metabase instance as browsers reach it: for redirects, `logoutUrl` and guest embed URLs.
   * @default `instanceUrl`
   */
  publicUrl?: string | URL | undefined
  /**
   * Front-end origins that may call the routes from a browser, always with credentials. Exact origins such as
   * `https://app.example.com`, regular expressions (anchored at both ends, and ending in a domain whose dots are
   * escaped), or a function, asked once a request. `'*'` and `true` are refused.
   * @default false
   */
  origin?: Origin | readonly Origin[] | AllowOrigin | false | undefined
  /**
   * Maps your user to claims; may be async. By default it reads `email`, `firstName` or `first_name`, `lastName` or
   * `last_name`, and `groups` or `[group]`.
   * @default reads the usual names
   */
  mapUserToClaims?: UserToClaims<User> | undefined
  /**
   * Names of the claims in an instance whose admin has renamed attributes. The mapper keeps the standard names.
   * @default Metabase's names
   */
  claimNames?: ClaimNames | undefined
  /**
   * Whether claims may name Metabase's group Administrators, in any case: true, or a function that tells for which
   * users. Group names often come from data that customers can edit, and without mappings Metabase matches them by
   * name. Otherwise such claims are a 403.
   * @default false
   */
  allowAdministrators?: boolean | Authorize<User> | undefined
  /**
   * Returns the signed-in user, anything falsy for none; may be async. An error of status 401 or 400 counts as none.
   * @default the session's `user`, through `@fastify/session`
   */
  getUser?: GetUser<User> | undefined
  /**
   * Tells whether this user may sign in to Metabase; may be async. It is asked before the claims are made and before
   * Metabase hears of the user, so that no account is created or reactivated. False is a 403.
   * @default every signed-in user may
   */
  authorize?: Authorize<User> | undefined
  /**
   * Refuses claims without `@tenant`. A first login without it makes a user internal (metabase#78009).
   * @default false
   */
  requireTenant?: boolean | undefined
  /**
   * Path of the route, after the `prefix` of the registration.
   * @default /sso/metabase
   */
  path?: string | undefined
  /**
   * Fastify's `config` of the route and its preflight: what the host's hooks for authentication, CSRF or rate limits
   * look for. The keys that the plugin sets itself stay. `guest` and `logout` have their own.
   * @default none
   */
  routeConfig?: FastifyContextConfig | undefined
  /**
   * Seconds between `iat` and `exp` of the JWT, 1 to 86,400 (a day). SDKs ask for a new session at the first call after
   * `exp` (seen in 0.52.7 and 0.56.3).
   * @default 600
   */
  tokenLifetime?: number | undefined
  /**
   * Milliseconds for a whole exchange with Metabase, retries and fallbacks included, 100 to 60,000. Each function of
   * yours and the session store may take as long.
   * @default 5000
   */
  timeout?: number | undefined
  /**
   * Connections to Metabase that a process opens at most, 1 to 10,000. A `dispatcher` of yours has its own bound; then
   * this is how many exchanges run at a time.
   * @default 64
   */
  connections?: number | undefined
  /**
   * Exchanges that may wait for a connection, for half of `timeout` at most, 0 to 100,000. Further ones get 503 with
   * `Retry-After`.
   * @default 500
   */
  queue?: number | undefined
  /**
   * Answers a session that was exchanged before while at least half of its life is left. It has to be for the same
   * claims in the same user session, and is kept in the `store`.
   * @default false
   */
  cache?: boolean | undefined
  /**
   * Store for what `logout` and `cache` remember: a Keyv, or whatever has its `get`, `set(key, text, ttl)` and
   * `delete`, sync or async. Only together with `sessionId`.
   * @default that of `@fastify/session`
   */
  store?: KeyValueStore | undefined
  /**
   * Returns the id of the browser's session with the host app, for `logout` and `cache`; undefined when there is none.
   * One a browser session, never the id of a user or a tenant: a logout ends all that stands under it. It has to be
   * verified, as hard to guess as a cookie, and to stay the same while the session lasts. Only together with `store`.
   * @default that of `@fastify/session`
   */
  sessionId?: GetSessionId | undefined
  /**
   * Where a browser navigation without a signed-in user is sent. A path, an http(s) URL, or a function returning one;
   * the way back is added as `return_to`. Without it such a navigation gets 401.
   * @default none
   */
  loginUrl?: string | GetLoginUrl | undefined
  /**
   * Where a browser navigation that fails is sent, with the error's `code` in the query. A path, an http(s) URL, or a
   * function returning one. Without it such a navigation gets a small page that names the failure and links back here.
   * @default none
   */
  errorUrl?: string | GetErrorUrl | undefined
  /**
   * Guest embeds: `POST <path>/guest` gives embed.js tokens for what `authorize` grants. Without it there is no such
   * route.
   * @default none
   */
  guest?: GuestOptions<User, PublicGuests> | undefined
  /**
   * Signing out: `POST <path>/logout` ends the Metabase sessions of the user session. They are then remembered in the
   * `store`.
   * @default false
   */
  logout?: boolean | LogoutOptions | undefined
  /**
   * Whether the app, once it listens, asks Metabase in the background what keeps sign-ins from working, and logs each
   * fault with its fix. No user is signed in. Not with a `dispatcher`, nor where `NODE_ENV` is `test`.
   * @default 'warn'
   */
  verify?: 'warn' | false | undefined
  /**
   * Name of this registration, for several Metabase instances in one app: `app.metabaseSso.<namespace>`.
   * @default none
   */
  namespace?: string | undefined
  /**
   * Dispatcher of undici 7 or later for the calls to Metabase: proxies, custom CAs, tests. The host app closes it.
   * Without it, NODE_USE_ENV_PROXY=1 has the effect that it has on Node's `fetch`: HTTP_PROXY and the like are used.
   * @default a keep-alive pool, closed with the app
   */
  dispatcher?: Dispatcher | undefined
}

/**
 * The options of an app with guest embeds alone, which every plan of Metabase has. There is no key `secret`.
 * @example const options: GuestOnlyOptions = { instanceUrl: 'https://metabase.example.com', guest }
 */
export type GuestOnlyOptions<User = SessionUser, PublicGuests extends boolean = false> =
  Pick<MetabaseSsoOptions<User>, GuestOnlyName> & {
    /** There is none. */
    secret?: never
    /** Required here. */
    guest: GuestOptions<User, PublicGuests>
  }

type GuestOnlyName =
  'instanceUrl' | 'publicUrl' | 'origin' | 'getUser' | 'path' | 'timeout' | 'namespace' |
  'connections' | 'queue' | 'verify' | 'dispatcher'

/**
 * The `guest` option. `Public` is inferred from `public`, and decides whether `authorize` may be given a visitor.
 * @example const guest: GuestOptions = { secret: process.env.EMBEDDING_SECRET, authorize: () => ({ region: 'EU' }) }
 */
export interface GuestOptions<User = unknown, Public extends boolean = boolean> {
  /**
   * Metabase's embedding secret key (Admin > Embedding; newer: Embedding > Security), not the JWT signing key. At least
   * 32 characters, used as text. What a function returns is kept for five seconds.
   */
  secret: Secret | SecretFunction<Secret> | undefined
  /**
   * Tells which item the user may see, and with which locked params; may be async. It returns the values of the locked
   * parameters, `{}` when the item has none, or false to refuse with 403. The browser chooses the item.
   */
  authorize: AuthorizeGuest<Public extends true ? User | null : User>
  /**
   * Whether visitors without a user may ask, too: `authorize` then gets `null`. Otherwise they get 401.
   * @default false
   */
  public?: Public | undefined
  /**
   * Path of the guest route, after the `prefix` of the registration.
   * @default <path>/guest
   */
  path?: string | undefined
  /**
   * Fastify's `config` of the guest route and its preflight.
   * @default none
   */
  routeConfig?: FastifyContextConfig | undefined
  /**
   * Seconds between `iat` and `exp` of a guest token, 1 to 86,400 (a day). embed.js asks for a new one after that.
   * @default 600
   */
  tokenLifetime?: number | undefined
}

/**
 * The `logout` option, where its route needs a path or a `config` of its own.
 * @example const logout: LogoutOptions = { path: '/signed-out-of-metabase' }
 */
export interface LogoutOptions {
  /**
   * Path of the logout route, after the `prefix` of the registration.
   * @default <path>/logout
   */
  path?: string | undefined
  /**
   * Fastify's `config` of the logout route and its preflight.
   * @default none
   */
  routeConfig?: FastifyContextConfig | undefined
}
