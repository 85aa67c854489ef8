/**
 * A stand-in Metabase for tests and demos: a real HTTP server that checks JWTs as Metabase does,
 * speaks each of its four generations, and fails on demand.
 *
 * @example
 * const metabase = await startMetabase({ secret: 'the shared secret' })
 * t.after(() => metabase.close())
 * await app.register(metabaseSso, { secret: 'the shared secret', instanceUrl: metabase.url })
 */
export { startMetabase } from './server.js'
export { failureNames, foreignAnswerNames, refusalNames, transportFaultNames } from './failures.js'
export type { Failure, FailOptions } from './failures.js'
export type { ForeignAnswer, Refusal } from './refusals.js'
export type { TransportFault } from './transport-faults.js'
export type {
  ClaimNames,
  Generation,
  MetabaseSession,
  MetabaseSettings,
  MetabaseStandIn,
  MetabaseStandInOptions,
  MetabaseUser,
  ReceivedRequest
} from './types.js'
