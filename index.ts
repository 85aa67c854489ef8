import type {
  FastifyBaseLogger, FastifyInstance, FastifyPluginAsync, FastifyRegisterOptions, FastifyTypeProvider, RawServerBase,
  RawServerDefault
} from 'fastify'
import fp from 'fastify-plugin'
import type { MetabaseSso } from './lib/decorator.js'
import type { SessionUser } from './lib/host/functions.js'
import type { GuestOnlyOptions, MetabaseSsoOptions } from './lib/options/options.js'
import { plugin } from './lib/plugin.js'

export type { ClaimNames, Claims } from './lib/claims.js'
export type { MetabaseSso } from './lib/decorator.js'
export { errorCodes, MetabaseSsoError, type MetabaseSsoErrorCode } from './lib/errors.js'
export type { GuestAppearance, GuestEmbed } from './lib/guest/issuer.js'
export type { GuestResource } from './lib/guest/item.js'
export type { GuestItem, GuestParams, KeyValueStore, SessionUser, UserToClaims } from './lib/host/functions.js'
export type { MetabaseSession } from './lib/metabase/responses.js'
export type { GuestOnlyOptions, GuestOptions, LogoutOptions, MetabaseSsoOptions } from './lib/options/options.js'
export type { FailureBody } from './lib/routes/error-handler.js'
export type { LogoutReport } from './lib/sessions/logout.js'

declare const brand: unique symbol

/**
 * The plugin's own type: by its brand `app.register` knows it, and infers the user type from `getUser`. The generic
 * signature is for other functions that register it, such as NestJS's `app.register<MetabaseSsoOptions<User>>`.
 */
export interface MetabaseSsoPlugin extends FastifyPluginAsync<MetabaseSsoOptions> {
  <User = SessionUser, PublicGuests extends boolean = false>(
    app: FastifyInstance, options: MetabaseSsoOptions<User, PublicGuests>
  ): Promise<void>
  readonly [brand]: true
}

/**
 * Declare your namespaces here:
 * `declare module 'fastify-metabase-sso' { interface MetabaseSsoNamespaces { eu: MetabaseSso } }`.
 */
export interface MetabaseSsoNamespaces {}

declare module 'fastify' {
  interface FastifyInstance {
    /** Metabase sign-in for your own routes. */
    metabaseSso: MetabaseSso & MetabaseSsoNamespaces
  }

  // The parameters repeat Fastify's, as TypeScript asks of a merged declaration.
  /* eslint-disable @typescript-eslint/no-unused-vars */
  interface FastifyRegister<
    T = void,
    RawServer extends RawServerBase = RawServerDefault,
    TypeProviderDefault extends FastifyTypeProvider = FastifyTypeProvider,
    LoggerDefault extends FastifyBaseLogger = FastifyBaseLogger
  > {
    /** Registers fastify-metabase-sso. */
    <User = SessionUser, PublicGuests extends boolean = false>(
      plugin: MetabaseSsoPlugin, options: FastifyRegisterOptions<MetabaseSsoOptions<User, PublicGuests>>
    ): T
    /** Registers fastify-metabase-sso for guest embeds alone, without the secret of sign-ins. */
    <User = SessionUser, PublicGuests extends boolean = false>(
      plugin: MetabaseSsoPlugin, options: FastifyRegisterOptions<GuestOnlyOptions<User, PublicGuests>>
    ): T
  }
}

/** Signs the user of the host app in to Metabase. See {@link MetabaseSsoOptions}. */
export const metabaseSso = fp(plugin, { fastify: '5.x', name: 'fastify-metabase-sso' }) as MetabaseSsoPlugin
export default metabaseSso
