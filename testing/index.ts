/**
 * A stand-in Metabase for tests and demos: a real HTTP server that checks JWTs as Metabase does,
 * answers as each of its versions does, and fails on demand.
 *
 * @example
 * ```ts
 * const metabase = await startMetabase({ secret: 'the shared secret' })
 * const app = fastify()
 * await app.register(metabaseSso, {
 *   secret: 'the shared secret',
 *   instanceUrl: metabase.url,
 *   getUser: () => ({ email: 'ann@example.com' })
 * })
 * const answer = await app.inject('/sso/metabase')
 * assert(metabase.sessions.has(answer.json().id))
 *
 * metabase.fail('wrong-secret')
 * assert.equal((await app.inject('/sso/metabase')).statusCode, 502)
 *
 * await app.close()
 * await metabase.close()
 * ```
 */
export { startMetabase } from './server.js'
export { failureNames, foreignAnswerNames, refusalNames, transportFaultNames } from './failures/failures.js'
export type { Failure, FailOptions, ForeignAnswer } from './failures/failures.js'
export type { Refusal, SiteLocale } from './failures/refusals.js'
export type { Attributes, AttributeNames, MetabaseSettings, MetabaseTenant } from './settings.js'
export type { TransportFault } from './failures/transport-faults.js'
export type { MetabaseVersion } from './versions.js'
export type {
  EmbedParameters,
  IssuedSession,
  MetabaseDashboard,
  MetabaseGroup,
  MetabaseQuestion,
  MetabaseStandIn,
  MetabaseStandInOptions,
  MetabaseUser,
  ReceivedRequest
} from './types.js'
