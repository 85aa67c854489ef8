import { html, json, named, text, traced, type Answer } from './answers.js'
import { transportFaults, type TransportFault } from './transport-faults.js'

/** What Metabase says in one case, and what it said earlier or says elsewhere, if that differs. */
export interface RefusalAnswers {
  usual: Answer
  other?: Answer
}

const paidFeature = 'JWT-based authentication is a paid feature not currently available to your instance. Please upgrade to use it. Learn more at metabase.com/upgrade/'
const accountNeeded = 'Sorry, but you\'ll need a metabase account to view this page. Please contact your administrator.'

/** Everything Metabase itself says when it refuses. `<exp>` and `<nbf>` stand for those claims of the JWT at hand. */
export const refusals = {
  'sso-disabled': {
    usual: named(400, 'error-sso-disabled', 'SSO has not been enabled and/or configured'),
    other: text(400, 'JWT SSO has not been enabled and/or configured')
  },
  'no-paid-feature': {
    usual: named(402, 'error-premium-feature-not-available', paidFeature),
    other: text(403, 'SSO requires a valid token')
  },
  'open-source': {
    usual: html(404, 'Metabase', 'The page you asked for could not be found.')
  },
  'sdk-embedding-disabled': {
    usual: named(402, 'error-embedding-sdk-disabled', 'Embedding SDK for React is disabled. Enable it in the embedding settings.'),
    other: text(402, 'SDK Embedding is not enabled.')
  },
  'simple-embedding-disabled': {
    usual: named(402, 'error-embedding-simple-disabled', 'You need to turn on modular embedding in the embedding settings.'),
    other: named(402, 'error-embedding-simple-disabled', 'Embedded Analytics JS is disabled. Enable it in the embedding settings.')
  },
  'wrong-secret': {
    usual: text(401, 'Message seems corrupt or manipulated'),
    other: traced(401, 'Message seems corrupt or manipulated')
  },
  'token-too-old': {
    usual: text(401, 'Token is older than max-age (180)'),
    other: traced(401, 'Token is older than max-age (180)')
  },
  'token-expired': {
    usual: text(401, 'Token is expired (<exp>)'),
    other: traced(401, 'Token is expired (<exp>)')
  },
  'token-not-yet-valid': {
    usual: text(401, 'Token is not yet valid (<nbf>)'),
    other: traced(401, 'Token is not yet valid (<nbf>)')
  },
  'token-from-future': {
    usual: text(401, 'Token is from the future'),
    other: traced(401, 'Token is from the future')
  },
  'account-needed': {
    usual: text(401, accountNeeded),
    other: text(500, accountNeeded)
  },
  'missing-email': { usual: text(401, 'JWT token missing email claim') },
  'tenant-not-a-string': { usual: text(401, 'Value of `@tenant` must be a string') },
  'tenant-on-internal-user': { usual: text(403, 'Cannot add tenant claim to internal user') },
  'tenant-required': { usual: text(403, 'Tenant claim required for external user') },
  'tenant-mismatch': { usual: text(403, 'Tenant ID mismatch with existing user') },
  'tenant-inactive': { usual: text(403, 'Tenant is not active') },
  'tenants-disabled': { usual: text(403, 'Tenants and tenant users are disabled.') },
  'invalid-redirect': {
    usual: json(400, { message: 'Invalid redirect URL' }),
    other: text(400, 'Invalid redirect URL')
  },
  'post-not-valid': {
    usual: named(501, 'error-post-jwt-not-valid', 'POST not valid for JWT SSO requests'),
    other: named(400, 'error-post-jwt-not-valid', 'POST not valid for JWT SSO requests')
  },
  'to-session-disabled': {
    usual: json(400, { status: 'error-jwt-disabled' }),
    other: text(400, 'JWT authentication is not enabled')
  },
  'to-session-missing': {
    usual: json(400, { status: 'error-jwt-missing' }),
    other: json(400, { errors: { jwt: 'value must be a non-blank string.' } })
  },
  'to-session-invalid': {
    usual: json(401, { status: 'error-jwt-invalid' }),
    other: text(401, 'Message seems corrupt or manipulated')
  }
} satisfies Record<string, RefusalAnswers>

/** What a proxy, a CDN or something that is not Metabase at all may say in its place. */
export const foreignAnswers = {
  'gateway-502': html(502, 'Bad Gateway', 'The server received an invalid response from the upstream server.'),
  'gateway-503': html(503, 'Service Unavailable', 'Down for maintenance. Please come back later.'),
  'gateway-504': html(504, 'Gateway Time-out', 'The upstream server did not answer in time.'),
  'gateway-520': html(520, 'Web server is returning an unknown error', 'There is an issue between the CDN and the origin.'),
  'html-200': html(200, 'Welcome', 'This is a login page of some other kind.'),
  unlisted: json(418, { status: 'error-teapot', message: 'An answer that no list has.' })
} satisfies Record<string, Answer>

/** A refusal of Metabase's own. */
export type Refusal = keyof typeof refusals
/** An answer of what stands between us and Metabase, or in its place. */
export type ForeignAnswer = keyof typeof foreignAnswers
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
