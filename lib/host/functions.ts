import type { Http2SecureServer, Http2Server } from 'node:http2'
import type { FastifyRequest, RouteGenericInterface } from 'fastify'
import type { Claims } from '../claims.js'
import type { MetabaseSsoError } from '../errors.js'
import type { MaybePromise } from '../timeout.js'
import type { Scalar } from '../values.js'

/** The user as `@fastify/session` holds it, where the host app has declared its `Session`; else unknown. */
export type SessionUser = FastifyRequest extends { session: { user?: infer User } } ? NonNullable<User> : unknown

/** A request over HTTP/2, which Fastify's types keep apart. */
type Http2Request = FastifyRequest<RouteGenericInterface, Http2Server | Http2SecureServer>

/** A request that can be handed on to functions for HTTP/1 and for HTTP/2: they differ in `raw` and `server`. */
export type HostRequest = FastifyRequest & Http2Request

/** A request of any host app. */
export type AnyRequest = FastifyRequest | Http2Request

/** Returns the signed-in user of a request. Anything falsy: there is none. */
export type GetUser<User> = (request: HostRequest) => MaybePromise<User | null | undefined | false | '' | 0>

/** Returns the id of the user session of a request, undefined when it has none. */
export type GetSessionId = (request: HostRequest) => string | undefined

/** A store of texts: a Keyv, or whatever has its shape. Sync or async. */
export interface KeyValueStore {
  get (key: string): unknown
  /** @param ttl milliseconds for which the store keeps the text */
  set (key: string, value: string, ttl: number): unknown
  delete (key: string): unknown
}

/** Maps the host app's user to claims. `request` is absent where the host calls `app.metabaseSso` without one. */
export type UserToClaims<User> = (user: User, request: HostRequest | undefined) => MaybePromise<Claims>

/** Tells whether a user may sign in. `request` is absent where the host calls `app.metabaseSso` without one. */
export type Authorize<User> = (user: User, request: HostRequest | undefined) => MaybePromise<boolean>

/** The `config` of a route, with the keys that the host app and its plugins have declared. */
export type { FastifyContextConfig } from 'fastify'

/** Tells whether pages of an origin may call the routes. */
export type AllowOrigin = (origin: string, request: HostRequest) => MaybePromise<boolean>

/** Returns the login page that a navigation without a user is sent to: a path, or an http(s) URL. */
export type GetLoginUrl = (request: HostRequest) => MaybePromise<string>

/** Returns the page that a failed navigation is sent to: a path, or an http(s) URL. */
export type GetErrorUrl = (error: MetabaseSsoError, request: HostRequest) => MaybePromise<string>

/** What embed.js asks for. All of it is chosen by the browser. */
export interface GuestItem {
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
 */
export type GuestParams = Readonly<Record<string, Scalar | ReadonlyArray<Scalar | null> | undefined>>

/** Returns the values of the locked parameters of an item that the user may see, else false. */
export type AuthorizeGuest<User> =
  (user: User, item: GuestItem, request: HostRequest) => MaybePromise<GuestParams | false | null>
