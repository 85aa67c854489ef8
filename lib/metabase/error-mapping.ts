import { errorCodes, type MetabaseSsoError } from '../errors.js'
import type { Response } from './transport.js'

type ErrorClass = new () => MetabaseSsoError

/** `status` fields of Metabase's JSON failures. */
const byStatusField: ReadonlyMap<unknown, ErrorClass> = new Map<unknown, ErrorClass>([
  ['error-sso-disabled', errorCodes.METABASE_SSO_SSO_DISABLED],
  ['error-jwt-disabled', errorCodes.METABASE_SSO_SSO_DISABLED],
  ['error-premium-feature-not-available', errorCodes.METABASE_SSO_LICENSE_MISSING],
  ['error-embedding-sdk-disabled', errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED],
  ['error-embedding-simple-disabled', errorCodes.METABASE_SSO_SIMPLE_EMBEDDING_DISABLED],
  ['error-post-jwt-not-valid', errorCodes.METABASE_SSO_POST_NOT_SUPPORTED],
  ['error-jwt-missing', errorCodes.METABASE_SSO_TOKEN_MISSING],
  ['error-jwt-invalid', errorCodes.METABASE_SSO_TOKEN_REFUSED]
])

/** Sentences by which the other failures are told apart, whether they come as text or inside JSON. */
const byText: ReadonlyArray<readonly [pattern: RegExp, error: ErrorClass]> = [
  [/Message seems corrupt or manipulated/i, errorCodes.METABASE_SSO_SECRET_REFUSED],
  [/Token is older than max-age/i, errorCodes.METABASE_SSO_TOKEN_TOO_OLD],
  [/Token is expired/i, errorCodes.METABASE_SSO_TOKEN_EXPIRED],
  [/Token is from the future|Token is not yet valid/i, errorCodes.METABASE_SSO_TOKEN_FROM_FUTURE],
  // Where the page is HTML, the apostrophe is an entity.
  [/you(?:'|’|&#39;|&#x27;|&apos;)ll need an? .{0,200}account/i, errorCodes.METABASE_SSO_ACCOUNT_REFUSED],
  [/missing email claim/i, errorCodes.METABASE_SSO_EMAIL_CLAIM_UNKNOWN],
  [/Cannot add tenant claim to internal user/i, errorCodes.METABASE_SSO_TENANT_ON_INTERNAL_USER],
  [/Tenant claim required for external user/i, errorCodes.METABASE_SSO_TENANT_REQUIRED],
  [/Tenant ID mismatch with existing user/i, errorCodes.METABASE_SSO_TENANT_MISMATCH],
  [/Tenant is not active/i, errorCodes.METABASE_SSO_TENANT_INACTIVE],
  [/Tenants and tenant users are disabled/i, errorCodes.METABASE_SSO_TENANTS_DISABLED],
  [/SSO has not been enabled and(?:\/|&#x2F;|&#47;)or configured/i, errorCodes.METABASE_SSO_SSO_DISABLED],
  [/JWT authentication is not enabled/i, errorCodes.METABASE_SSO_SSO_DISABLED],
  [/SDK Embedding is not enabled|Embedding SDK for React is disabled/i, errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED],
  [/requires a valid token|paid feature/i, errorCodes.METABASE_SSO_LICENSE_MISSING],
  [/Invalid redirect URL/i, errorCodes.METABASE_SSO_REDIRECT_REFUSED],
  [/POST not valid/i, errorCodes.METABASE_SSO_POST_NOT_SUPPORTED]
]

/** Returns the error for a response that is not a success. Nothing of the response's text goes into it. */
export function errorOf ({ status, body }: Response): MetabaseSsoError {
  const beginning = body.slice(0, 65_536)
  const Known = byStatusField.get(statusField(body)) ?? byText.find(([pattern]) => pattern.test(beginning))?.[1]
  if (Known !== undefined) return new Known()
  if (status >= 300 && status < 400) return new errorCodes.METABASE_SSO_REDIRECTED(status)
  if (status === 404) return new errorCodes.METABASE_SSO_NOT_FOUND()
  // 520 to 527 are Cloudflare's. A bare 500 is Metabase's own.
  const isGateway = (status >= 502 && status <= 504) || (status >= 520 && status <= 527)
  if (isGateway) return new errorCodes.METABASE_SSO_GATEWAY_FAILED(status)
  return new errorCodes.METABASE_SSO_STATUS_UNEXPECTED(status)
}

function statusField (body: string): unknown {
  try {
    return (JSON.parse(body) as { status?: unknown }).status
  } catch { // text or HTML, or null
    return undefined
  }
}
