import type { FastifyRequest } from 'fastify'
import * as v from 'valibot'
import type { GuestItem } from '../guest/item.js'
import type { GuestParams } from '../guest/params.js'
import { BooleanSchema, isFunction, PathSchema, row, SecretSchema, TokenLifetimeSchema } from './values.js'

type Answer = GuestParams | false | null
type AuthorizeGuest<User> = (user: User, item: GuestItem, request: FastifyRequest) => Answer | Promise<Answer>

export const GuestSchema = v.object({
  /**
   * Metabase's embedding secret key (Admin > Embedding), as text: at least 32 characters, another one than
   * the JWT signing key. A function's result is kept for five seconds. Required.
   */
  secret: v.pipe(SecretSchema,
    row('string, Buffer, or (async) function returning one', 'required', "Metabase's embedding secret key; not the JWT signing key")),
  authorize: v.pipe(
    v.custom<AuthorizeGuest<unknown>>(isFunction, 'must be a function that returns the locked params, or false: the browser chooses the item'),
    row('`(user, { entityType, entityId, customContext }, request) => params | false`, may be async', 'required', 'who may see what, with which locked params')),
  /** Whether visitors may ask without being signed in to your app: `authorize` is then called with `null`. Default false: they get 401. */
  public: v.pipe(v.optional(BooleanSchema, false),
    row('boolean', '`false`', 'whether visitors without a user may ask, too: `authorize` then gets `null`')),
  /** Path of the route, after the `prefix` of the registration, if any. Default: `/guest` below the plugin's `path`. */
  path: v.pipe(v.optional(PathSchema),
    row('string', '`/sso/metabase/guest`', 'the route')),
  /** Seconds between `iat` and `exp` of the JWT, 1 to 1,209,600. embed.js asks for a new one when it has expired. Default 600. */
  tokenLifetime: v.pipe(v.optional(TokenLifetimeSchema, 600),
    row('integer seconds', '600', '`exp - iat` of the JWT'))
})

/** The `guest` option. `Public` is inferred from `public`, and decides whether `authorize` may be given a visitor. */
export interface GuestOptions<User = unknown, Public extends boolean = boolean> extends Omit<v.InferInput<typeof GuestSchema>, 'authorize' | 'public'> {
  /** Whether visitors may ask without being signed in to your app: `authorize` is then called with `null`. Default false: they get 401. */
  public?: Public
  /**
   * Whether this user may see the dashboard or question that the browser asks for; may be async. Return the
   * values of its locked parameters, `{}` when it has none, or false to refuse with 403. Required.
   */
  authorize: AuthorizeGuest<Public extends true ? User | null : User>
}

export type ResolvedGuestOptions = Readonly<v.InferOutput<typeof GuestSchema>>
