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
export type { CheckId, DiagnosisGroup } from './lib/diagnosis/checks.js'
export type { DiagnosisCheck, DiagnosisReport } from './lib/diagnosis/report.js'
export type { ExchangeEvent, SignInEvent } from './lib/tracing.js'
export { errorCodes, MetabaseSsoError, type MetabaseSsoErrorCode } from './lib/errors.js'
export type { GuestAppearance, GuestEmbed } from './lib/guest/issuer.js'
export type { GuestResource } from './lib/guest/item.js'
export type {
  AllowOrigin, Authorize, AuthorizeGuest, GetErrorUrl, GetLoginUrl, GetSessionId, GetUser, GuestItem, GuestParams,
  HostRequest, KeyValueStore, SessionUser, UserToClaims
} from './lib/host/functions.js'
export type { MetabaseSession } from './lib/metabase/responses.js'
export type { GuestOnlyOptions, GuestOptions, LogoutOptions, MetabaseSsoOptions } from './lib/options/options.js'
export type { Origin } from './lib/options/origin.js'
export type { Secret, SecretFunction } from './lib/options/secret.js'
export type { FailureBody } from './lib/routes/error-handler.js'
export type { LogoutReport } from './lib/sessions/logout.js'

declare const brand: unique symbol

/**
 * The type of the plugin. By its brand `app.register` knows it, and infers the user type from `getUser`. The generic
 * signature is for other functions that register it, such as NestJS's `app.register<MetabaseSsoOptions<User>>`.
 * @example const plugin: MetabaseSsoPlugin = metabaseSso
 */
export interface MetabaseSsoPlugin extends FastifyPluginAsync<MetabaseSsoOptions> {
  <User = SessionUser, PublicGuests extends boolean = false>(
    app: FastifyInstance, options: MetabaseSsoOptions<User, PublicGuests>
  ): Promise<void>
  /** Tells the type from any other plugin's. */
  readonly [brand]: true
}

/**
 * The namespaces of your registrations, which you declare here.
 * @example declare module 'fastify-metabase-sso' { interface MetabaseSsoNamespaces { eu: MetabaseSso } }
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

/**
 * Signs the user of the host app in to Metabase. See {@link MetabaseSsoOptions}.
 * @throws {MetabaseSsoError} from `app.ready()`, when an option is wrong
 * @example await app.register(metabaseSso, { secret: process.env.SECRET, instanceUrl: 'https://metabase.example.com' })
 */
export const metabaseSso = fp(plugin, { fastify: '5.x', name: 'fastify-metabase-sso' }) as MetabaseSsoPlugin
export default metabaseSso
