import { foreignAnswers, refusals, type ForeignAnswer, type Refusal } from './refusals.js'
import { transportFaults, type TransportFault } from './transport-faults.js'

/** Everything that can be made to go wrong. */
export type Failure = Refusal | ForeignAnswer | TransportFault

export interface FailOptions {
  /**
   * Which requests fail. `'jwt'`: those that trade a JWT (`GET /auth/sso?jwt=…`, `POST /auth/sso`,
   * `POST /auth/sso/to_session`). `'discovery'`: `GET /auth/sso` without a JWT. Default `'all'`: every request.
   */
  on?: 'jwt' | 'discovery' | 'all'
  /** After so many failed requests the stand-in is itself again. Default `Infinity`. */
  times?: number
}

function names<Name extends string> (table: Record<Name, unknown>): readonly Name[] {
  return Object.freeze(Object.keys(table) as Name[])
}

/** Names of Metabase's own refusals. */
export const refusalNames = names(refusals)
/** Names of what something between us and Metabase may answer. */
export const foreignAnswerNames = names(foreignAnswers)
/** Names of the faults below HTTP, or in how HTTP is used. */
export const transportFaultNames = names(transportFaults)
/** All names that `fail()` takes. */
export const failureNames: readonly Failure[] = Object.freeze([...refusalNames, ...foreignAnswerNames, ...transportFaultNames])
