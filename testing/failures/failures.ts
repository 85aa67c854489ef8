import { html, json, plain, type Answer } from '../answer.js'
import { refusals, type Refusal } from './refusals.js'
import { transportFaults, type TransportFault } from './transport-faults.js'

/** What a proxy, a CDN or something that is not Metabase at all may say in its place. */
export const foreignAnswers = {
  'gateway-404-page': html(404, '404 Not Found', 'nginx'),
  'gateway-404-text': plain(404, '404 page not found\n'),
  'gateway-404-json': json(404, { message: 'no Route matched with those values' }),
  'gateway-405-page': html(405, '405 Not Allowed', 'nginx'),
  'gateway-502': html(502, 'Bad Gateway', 'The server received an invalid response from the upstream server.'),
  'gateway-503': html(503, 'Service Unavailable', 'Down for maintenance. Please come back later.'),
  'gateway-504': html(504, 'Gateway Time-out', 'The upstream server did not answer in time.'),
  'gateway-520': html(520, 'Web server is returning an unknown error',
    'There is an issue between the CDN and the origin.'),
  'login-redirect': html(302, 'Found', 'Sign in first.',
    { location: 'https://login.example.com/start?rd=https%3A%2F%2Fmetabase.example.com%2Fauth%2Fsso' }),
  'basic-auth-401': html(401, '401 Authorization Required', 'nginx',
    { 'www-authenticate': 'Basic realm="Restricted"' }),
  'waf-403-page': html(403, 'Access denied', 'This website uses a security service. Your request was blocked.'),
  'payload-413': html(413, '413 Request Entity Too Large', 'nginx'),
  'uri-414': html(414, '414 Request-URI Too Large', 'nginx'),
  'rate-limit-429': html(429, 'Too Many Requests', 'Slow down.', { 'retry-after': '7' }),
  'headers-431': html(431, '431 Request Header Fields Too Large', 'The request headers are too large.'),
  'maintenance-200': html(200, 'We will be back soon', 'This site is down for maintenance.'),
  'html-200': html(200, 'Welcome', 'This is a login page of some other kind.'),
  unlisted: json(418, { status: 'error-teapot', message: 'An answer that no list has.' })
} satisfies Record<string, Answer>

/**
 * An answer of what stands between us and Metabase, or in its place.
 * @example const answer: ForeignAnswer = 'gateway-503'
 */
export type ForeignAnswer = keyof typeof foreignAnswers
/**
 * Everything that can be made to go wrong.
 * @example const failure: Failure = 'wrong-secret'
 */
export type Failure = Refusal | ForeignAnswer | TransportFault

/**
 * Which requests fail, and how often.
 * @example metabase.fail('gateway-503', { times: 1 } satisfies FailOptions)
 */
export interface FailOptions {
  /**
   * Which requests fail. `'jwt'`: those that trade a JWT (`GET /auth/sso?jwt=…`, `POST /auth/sso`,
   * `POST /auth/sso/to_session`). `'discovery'`: `GET /auth/sso` without a JWT. Default `'all'`: every request;
   * of a refusal of Metabase's own, those of `/auth/sso` alone, as it is one of a sign-in.
   */
  on?: 'jwt' | 'discovery' | 'all' | undefined
  /** How many requests fail before the stand-in is itself again. Default `Infinity`. */
  times?: number | undefined
}

function names<Name extends string> (table: Record<Name, unknown>): readonly Name[] {
  return Object.freeze(Object.keys(table) as Name[])
}

/**
 * Names of Metabase's own refusals.
 * @example for (const name of refusalNames) metabase.fail(name)
 */
export const refusalNames = names(refusals)
/**
 * Names of what something between us and Metabase may answer.
 * @example for (const name of foreignAnswerNames) metabase.fail(name)
 */
export const foreignAnswerNames = names(foreignAnswers)
/**
 * Names of the faults below HTTP, or in how HTTP is used.
 * @example for (const name of transportFaultNames) metabase.fail(name)
 */
export const transportFaultNames = names(transportFaults)
/**
 * All names that `fail()` takes.
 * @example for (const name of failureNames) metabase.fail(name)
 */
export const failureNames: readonly Failure[] =
  Object.freeze([...refusalNames, ...foreignAnswerNames, ...transportFaultNames])

/** What a request is about, as far as `fail()` tells requests apart. */
export type RequestKind = 'jwt' | 'discovery' | 'other'

/** Remembers which failure is due, for which requests and how often. */
export class FailureSwitch {
  #failure: Failure | null = null
  #on: 'jwt' | 'discovery' | 'all' = 'all'
  #left = 0

  set (failure: Failure | null, { on = 'all', times = Infinity }: FailOptions = {}): void {
    if (failure !== null && !failureNames.includes(failure)) {
      throw new TypeError(`Unknown failure ${String(failure)}. There are: ${failureNames.join(', ')}`)
    }
    this.#failure = failure
    this.#on = on
    this.#left = times
  }

  /** Returns the failure that a request of this kind meets and counts it; `null` when it is to be served. */
  take (kind: RequestKind): Failure | null {
    if (this.#left <= 0 || (this.#on !== 'all' && this.#on !== kind)) return null
    if (kind === 'other' && Object.hasOwn(refusals, String(this.#failure))) return null
    this.#left -= 1
    return this.#failure
  }
}
