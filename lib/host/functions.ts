import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { FastifyRequest, RouteGenericInterface } from 'fastify'
import type { Claims } from '../claims.js'
import type { MetabaseSsoError } from '../errors.js'
import type { MaybePromise } from '../timeout.js'
import type { Scalar } from '../values.js'

/**
 * The user as `@fastify/session` holds it, where the host app has declared its `Session`; else unknown.
 * @example const emailOf = (user: SessionUser) => (user as { email: string }).email
 */
export type SessionUser = FastifyRequest extends { session: { user?: infer User } } ? NonNullable<User> : unknown

/** A request over HTTP/2, which Fastify's types keep apart. */
type Http2Request = FastifyRequest<RouteGenericInterface, Http2Server | Http2SecureServer>

/**
 * A request that can be handed on to functions for HTTP/1 and for HTTP/2: they differ in `raw` and `server`.
 * @example const tokenOf = (request: HostRequest) => request.headers.authorization
 */
export type HostRequest = FastifyRequest & Http2Request

/** A request of any host app. */
export type AnyRequest = FastifyRequest | Http2Request

/**
 * Returns the signed-in user of a request. Anything falsy: there is none.
 * @example const getUser: GetUser<{ email: string }> = ({ headers }) => users.get(String(headers.authorization))
 */
export type GetUser<User> = (request: HostRequest) => MaybePromise<User | null | undefined | false | '' | 0>

/**
 * Returns the id of the user session of a request, undefined when it has none.
 * @example const sessionId: GetSessionId = ({ headers }) => sessionIds.get(String(headers.authorization))
 */
export type GetSessionId = (request: HostRequest) => string | undefined

/**
 * A store of texts: a Keyv, or whatever has its shape. Sync or async.
 * @example const store: KeyValueStore = new Map<string, string>()
 */
export interface KeyValueStore {
  /** Returns the text, or nothing. */
  get (key: string): unknown
  /**
   * Keeps a text.
   * @param ttl milliseconds for which the store keeps it
   */
  set (key: string, value: string, ttl: number): unknown
  /** Removes a text; one that is not there is fine. */
  delete (key: string): unknown
}

/**
 * Maps the host app's user to claims. `request` is absent where the host calls `app.metabaseSso` without one.
 * @example const mapUserToClaims: UserToClaims<{ mail: string }> = user => ({ email: user.mail })
 */
export type UserToClaims<User> = (user: User, request: HostRequest | undefined) => MaybePromise<Claims>

/**
 * Tells whether a user may sign in. `request` is absent where the host calls `app.metabaseSso` without one.
 * @example const authorize: Authorize<{ plan: string }> = user => user.plan !== 'free'
 */
export type Authorize<User> = (user: User, request: HostRequest | undefined) => MaybePromise<boolean>

/** The `config` of a route, with the keys that the host app and its plugins have declared. */
export type { FastifyContextConfig } from 'fastify'

/**
 * Tells whether pages of an origin may call the routes.
 * @example const origin: AllowOrigin = origin => ['https://app.example.com'].includes(origin)
 */
export type AllowOrigin = (origin: string, request: HostRequest) => MaybePromise<boolean>

/**
 * Returns the login page that a navigation without a user is sent to: a path, or an http(s) URL.
 * @example const loginUrl: GetLoginUrl = request => request.url.startsWith('/eu/') ? '/eu/login' : '/login'
 */
export type GetLoginUrl = (request: HostRequest) => MaybePromise<string>

/**
 * Returns the page that a failed navigation is sent to: a path, or an http(s) URL.
 * @example const errorUrl: GetErrorUrl = error => error.statusCode === 403 ? '/request-access' : '/sorry'
 */
export type GetErrorUrl = (error: MetabaseSsoError, request: HostRequest) => MaybePromise<string>

/**
 * What embed.js asks for. All of it is chosen by the browser.
 * @example const isOverview = ({ entityType, entityId }: GuestItem) => entityType === 'dashboard' && entityId === 1
 */
export interface GuestItem {
  /** The kind of the item. */
  entityType: 'dashboard' | 'question'
  /** A number, or an entity id of 21 characters. */
  entityId: number | string
  /** What the page has in the element's `custom-context` attribute: any JSON value. `"42"` comes as a number. */
  customContext?: unknown
}

/**
 * Values of an item's locked parameters, by the parameters' names (slugs). Arrays are for several values;
 * in those of a "between" filter, null is an open end. `[]` switches a locked filter off for this token.
 * `undefined` is there for the compiler's sake, which finds it in `isOpen ? {} : { region }`; as a value it is refused.
 * @example const params: GuestParams = { region: 'EU', years: [2025, 2026] }
 */
export type GuestParams = Readonly<Record<string, Scalar | ReadonlyArray<Scalar | null> | undefined>>

/**
 * Returns the values of the locked parameters of an item that the user may see, else false.
 * @example const authorize: AuthorizeGuest<{ plan: string }> = ({ plan }, { entityId }) => entityId === 1 && { plan }
 */
export type AuthorizeGuest<User> =
  (user: User, item: GuestItem, request: HostRequest) => MaybePromise<GuestParams | false | null>
