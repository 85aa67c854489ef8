import type { MetabaseVersion } from '../versions.js'

/** How Metabase refuses in one case. */
export interface Words {
  status: number
  /** `<exp>` and `<nbf>` stand for those claims of the JWT at hand. */
  message: string
  /** What the exception carries beside status and message. With it the answer is JSON, without it a text. */
  data?: object
  /** Written as a text by the newest source, see the setting `textErrors`. */
  brief?: boolean
  /** Answered before the route is reached, so that a POST gets no page. */
  early?: boolean
}

/** The words by version: each holds from its version up to the next one in the list. */
export type WordsSince = { v50: Words } & Partial<Record<MetabaseVersion, Words>>

/** Words that no version differs in. */
const always = (status: number, message: string, more: Partial<Words> = {}): WordsSince =>
  ({ v50: { status, message, ...more } })

/** A check of the JWT that failed. Up to v54 the answer shows what its library says about it (metabase#14820). */
const ofJwt = (message: string, cause: string): WordsSince => ({
  v50: { status: 401, message, data: { cause } },
  v55: { status: 401, message }
})

/** A conflict of tenants: JSON that shows what is known about both sides. */
const ofTenants = (message: string): WordsSince => always(403, message, { data: {}, brief: true })

const postNotValid = 'POST not valid for JWT SSO requests'
const simpleDisabled = { status: 'error-embedding-simple-disabled' }

/** Everything that Metabase itself says when it refuses. */
export const refusals = {
  'sso-disabled': {
    v50: { status: 400, message: 'JWT SSO has not been enabled and/or configured' },
    v55: {
      status: 400,
      message: 'SSO has not been enabled and/or configured',
      data: { status: 'error-sso-disabled' }
    }
  },
  'open-source': always(400, 'The auth/sso endpoint only exists in enterprise builds'),
  'sdk-embedding-disabled': {
    v50: { status: 402, message: 'SDK Embedding is not enabled.' },
    v55: {
      status: 402,
      message: 'Embedding SDK for React is disabled. Enable it in the embedding settings.',
      data: { status: 'error-embedding-sdk-disabled' }
    }
  },
  'simple-embedding-disabled': {
    v50: {
      status: 402,
      message: 'Embedded Analytics JS is disabled. Enable it in the embedding settings.',
      data: simpleDisabled
    },
    v58: {
      status: 402,
      message: 'You need to turn on modular embedding in the embedding settings.',
      data: simpleDisabled
    }
  },
  'wrong-secret': ofJwt('Message seems corrupt or manipulated', 'signature'),
  'token-too-old': ofJwt('Token is older than max-age (180)', 'max-age'),
  'token-expired': ofJwt('Token is expired (<exp>)', 'exp'),
  'token-not-yet-valid': ofJwt('Token is not yet valid (<nbf>)', 'nbf'),
  'time-not-a-number': always(401, 'class java.lang.String cannot be cast to class java.lang.Number'),
  // In the site's language, see accountNeeded.
  'account-needed': { v50: { status: 500, message: '' }, v55: { status: 401, message: '' } },
  'missing-email': always(401, 'JWT token missing email claim'),
  // The source has backticks; the protocol page writes '@tenant'.
  'tenant-not-a-string': always(401, 'Value of `@tenant` must be a string'),
  'tenant-on-internal-user': ofTenants('Cannot add tenant claim to internal user'),
  'tenant-required': ofTenants('Tenant claim required for external user'),
  'tenant-mismatch': ofTenants('Tenant ID mismatch with existing user'),
  'tenant-inactive': ofTenants('Tenant is not active'),
  /** The one sentence for all four of before PR 66172 (2025-11). */
  'tenant-info-mismatch': ofTenants('Tenant info mismatch'),
  'tenants-disabled': always(403, 'Tenants and tenant users are disabled.'),
  'tenant-group-mismatch': always(400, 'Cannot add non-tenant user to tenant-group or vice versa', { data: {} }),
  'invalid-redirect': always(400, 'Invalid redirect URL', { data: {}, brief: true }),
  /** What Jetty says of a path with an encoded slash in it. */
  'ambiguous-path': always(400, 'Ambiguous URI path separator'),
  'post-not-valid': {
    v50: { status: 400, message: postNotValid },
    v55: { status: 501, message: postNotValid, data: { status: 'error-post-jwt-not-valid' } }
  },
  /** The newest source bounds bodies without a session (`middleware/body_limit.clj`); the number is ours. */
  'body-too-large': always(413, 'Request body exceeds the maximum size of 1048576 bytes.', { early: true }),
  'saml-refused': always(401, 'Unable to log in: SAML response validation failed'),
  /** How `to_session` says that JWT SSO is off. */
  'jwt-disabled': always(400, 'JWT authentication is not enabled'),
  /** How `to_session` says that its body holds no JWT. */
  'jwt-missing': always(400, 'missing JWT', {
    data: {
      errors: { jwt: 'value must be a non-blank string.' },
      'specific-errors': { jwt: ['should be a string, received: nil', 'non-blank string, received: nil'] }
    }
  })
} satisfies Record<string, WordsSince>

/**
 * A refusal of Metabase's own.
 * @example const refusal: Refusal = 'account-needed'
 */
export type Refusal = keyof typeof refusals

/**
 * A language of the site, as far as the stand-in knows its words.
 * @example metabase.settings.siteLocale = 'de' satisfies SiteLocale
 */
export type SiteLocale = 'en' | 'de' | 'ja'

/** What a refusal shows beside its words. */
export interface Details {
  /** The number of the JWT that the message shows. */
  time?: number
  /** Fields of the exception, for those that are told as JSON. */
  data?: object
}

/** The error of whatever Metabase refuses. The server turns it into the answer of that name. */
export class Refused extends Error {
  override name = 'Refused'

  constructor (readonly refusal: Refusal, readonly details?: Details) {
    super(refusal)
  }
}
