import { errorCodes, type MetabaseSsoError, type MetabaseSsoErrorCode } from '../errors.js'
import type { Answer } from './transport.js'

/** `status` fields of Metabase's JSON failures. */
const byStatusField: ReadonlyMap<unknown, MetabaseSsoErrorCode> = new Map<unknown, MetabaseSsoErrorCode>([
  ['error-sso-disabled', 'METABASE_SSO_SSO_DISABLED'],
  ['error-jwt-disabled', 'METABASE_SSO_SSO_DISABLED'],
  ['error-premium-feature-not-available', 'METABASE_SSO_LICENSE_MISSING'],
  ['error-embedding-sdk-disabled', 'METABASE_SSO_SDK_EMBEDDING_DISABLED'],
  ['error-embedding-simple-disabled', 'METABASE_SSO_SIMPLE_EMBEDDING_DISABLED'],
  ['error-post-jwt-not-valid', 'METABASE_SSO_POST_NOT_SUPPORTED'],
  ['error-jwt-missing', 'METABASE_SSO_TOKEN_MISSING'],
  ['error-jwt-invalid', 'METABASE_SSO_TOKEN_REFUSED']
])

/** Sentences by which the other failures are told apart, whether they come as text or inside JSON. */
const byText: ReadonlyArray<readonly [pattern: RegExp, code: MetabaseSsoErrorCode]> = [
  [/Message seems corrupt or manipulated/i, 'METABASE_SSO_SECRET_REFUSED'],
  [/Token is older than max-age/i, 'METABASE_SSO_TOKEN_TOO_OLD'],
  [/Token is expired/i, 'METABASE_SSO_TOKEN_EXPIRED'],
  [/Token is from the future|Token is not yet valid/i, 'METABASE_SSO_TOKEN_FROM_FUTURE'],
  // Where the page is HTML, the apostrophe is an entity.
  [/you(?:'|’|&#39;|&#x27;|&apos;)ll need an? .{0,200}account/i, 'METABASE_SSO_ACCOUNT_REFUSED'],
  [/missing email claim/i, 'METABASE_SSO_EMAIL_CLAIM_UNKNOWN'],
  [/Cannot add tenant claim to internal user/i, 'METABASE_SSO_TENANT_ON_INTERNAL_USER'],
  [/Tenant claim required for external user/i, 'METABASE_SSO_TENANT_REQUIRED'],
  [/Tenant ID mismatch with existing user/i, 'METABASE_SSO_TENANT_MISMATCH'],
  [/Tenant is not active/i, 'METABASE_SSO_TENANT_INACTIVE'],
  [/Tenants and tenant users are disabled/i, 'METABASE_SSO_TENANTS_DISABLED'],
  [/SSO has not been enabled and(?:\/|&#x2F;|&#47;)or configured|JWT authentication is not enabled/i, 'METABASE_SSO_SSO_DISABLED'],
  [/SDK Embedding is not enabled|Embedding SDK for React is disabled/i, 'METABASE_SSO_SDK_EMBEDDING_DISABLED'],
  [/requires a valid token|paid feature/i, 'METABASE_SSO_LICENSE_MISSING'],
  [/Invalid redirect URL/i, 'METABASE_SSO_REDIRECT_REFUSED'],
  [/POST not valid/i, 'METABASE_SSO_POST_NOT_SUPPORTED']
]

/** The error for an answer that is not a success. Nothing of the answer's text goes into it. */
export function failureOf ({ status, body }: Answer): MetabaseSsoError {
  const beginning = body.slice(0, 65_536)
  const code = byStatusField.get(statusField(body)) ?? byText.find(([pattern]) => pattern.test(beginning))?.[1]
  if (code !== undefined) return new errorCodes[code]()
  if (status >= 300 && status < 400) return new errorCodes.METABASE_SSO_REDIRECTED(status)
  if (status === 404) return new errorCodes.METABASE_SSO_NOT_FOUND()
  // 520 to 527 are Cloudflare's. A bare 500 is Metabase's own.
  if ((status >= 502 && status <= 504) || (status >= 520 && status <= 527)) return new errorCodes.METABASE_SSO_GATEWAY_FAILED(status)
  return new errorCodes.METABASE_SSO_STATUS_UNEXPECTED(status)
}

function statusField (body: string): unknown {
  try {
    return (JSON.parse(body) as { status?: unknown }).status
  } catch { // text or HTML, or null
    return undefined
  }
}
