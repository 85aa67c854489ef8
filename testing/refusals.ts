import { html, json, named, text, traced, type Answer } from './answer.js'
import type { Instance } from './instance.js'
import { routeOf } from './request.js'
import type { ReceivedRequest } from './types.js'

/** What Metabase says in one case, and what it said earlier or says elsewhere, if that differs. */
interface RefusalAnswers {
  usual: Answer
  other?: Answer
}

const paidFeature = 'JWT-based authentication is a paid feature not currently available to your instance. ' +
  'Please upgrade to use it. Learn more at metabase.com/upgrade/'
const accountNeeded =
  'Sorry, but you\'ll need a metabase account to view this page. Please contact your administrator.'

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
    usual: named(402, 'error-embedding-sdk-disabled',
      'Embedding SDK for React is disabled. Enable it in the embedding settings.'),
    other: text(402, 'SDK Embedding is not enabled.')
  },
  'simple-embedding-disabled': {
    usual: named(402, 'error-embedding-simple-disabled',
      'You need to turn on modular embedding in the embedding settings.'),
    other: named(402, 'error-embedding-simple-disabled',
      'Embedded Analytics JS is disabled. Enable it in the embedding settings.')
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

/** A refusal of Metabase's own. */
export type Refusal = keyof typeof refusals

/** The error of whatever Metabase refuses. The server turns it into the answer of that name. */
export class Refused extends Error {
  override name = 'Refused'

  /**
   * @param refusal which refusal
   * @param detail the number to show in it, where it shows one
   */
  constructor (readonly refusal: Refusal, readonly detail?: number) {
    super(refusal)
  }
}

/** Tells whether the instance uses the other wording of a refusal that has two. */
function saysOther ({ row, settings }: Instance, refusal: Refusal): boolean {
  if (refusal.startsWith('to-session-')) return settings.toSessionAnswer === 'bare'
  const older = row.refusals === 'older' && (refusal === 'sdk-embedding-disabled' || refusal === 'post-not-valid')
  return older || settings.olderAnswers
}

/**
 * Finds the answer for a refusal.
 * @param record the request that is refused
 * @param detail the number of the JWT that the answer shows; default: the time
 */
export function answerOf (
  metabase: Instance, refusal: Refusal, record: ReceivedRequest, detail = metabase.seconds()
): Answer {
  const { usual, other = usual }: RefusalAnswers = refusals[refusal]
  const { status, contentType, body } = saysOther(metabase, refusal) ? other : usual
  const filled = body.replaceAll(/<(exp|nbf)>/g, String(detail))
  // Several Metabase versions show each error of this one route as a web page with the message in it.
  const asPage = metabase.settings.postAnswer === 'html' && routeOf(metabase, record) === 'POST /auth/sso'
  return asPage && !contentType.startsWith('text/html')
    ? html(status, 'Metabase', filled)
    : { status, contentType, body: filled }
}
