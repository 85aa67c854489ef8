import { errorCodes, type MetabaseSsoError } from '../errors.js'
import type { Response } from './transport.js'

/** What a response answers: discovery, `to_session`, another exchange method, or something else. */
export type Step = 'discovery' | 'to_session' | 'exchange' | 'other'

type ErrorClass = new () => MetabaseSsoError

/** `status` fields of Metabase's JSON failures. */
const byStatusField: ReadonlyMap<unknown, ErrorClass> = new Map<unknown, ErrorClass>([
  ['error-sso-disabled', errorCodes.METABASE_SSO_SSO_DISABLED],
  ['ee-build-required', errorCodes.METABASE_SSO_OPEN_SOURCE],
  ['error-embedding-sdk-disabled', errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED],
  ['error-embedding-simple-disabled', errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED]
])

/** Sentences by which the other failures are told apart, whether they come as text, in JSON or on a page. */
const bySentence: ReadonlyArray<readonly [pattern: RegExp, error: ErrorClass]> = [
  [/Message seems corrupt or manipulated/i, errorCodes.METABASE_SSO_SECRET_REFUSED],
  [/Token is older than max-age/i, errorCodes.METABASE_SSO_TOKEN_TOO_OLD],
  [/Token is expired/i, errorCodes.METABASE_SSO_TOKEN_EXPIRED],
  // On a page the apostrophe is an entity.
  [/you(?:'|’|&#39;|&#x27;|&apos;)ll need an? .{0,200}account/i, errorCodes.METABASE_SSO_ACCOUNT_REFUSED],
  [/missing email claim/i, errorCodes.METABASE_SSO_EMAIL_CLAIM_UNKNOWN],
  [/Value of \S{1,20}@tenant\S{1,20} must be a string/i, errorCodes.METABASE_SSO_TENANT_CLAIM_REFUSED],
  [/Cannot add tenant claim to internal user/i, errorCodes.METABASE_SSO_TENANT_ON_INTERNAL_USER],
  [/Tenant claim required for external user/i, errorCodes.METABASE_SSO_TENANT_REQUIRED],
  [/Tenant ID mismatch with existing user/i, errorCodes.METABASE_SSO_TENANT_MISMATCH],
  [/Tenant is not active/i, errorCodes.METABASE_SSO_TENANT_INACTIVE],
  [/Tenants and tenant users are disabled/i, errorCodes.METABASE_SSO_TENANTS_DISABLED],
  [/Tenant info mismatch/i, errorCodes.METABASE_SSO_TENANT_REFUSED], // one sentence for all, before PR 66172
  [/Cannot add non-tenant user to tenant-group/i, errorCodes.METABASE_SSO_TENANT_GROUP_MISMATCH],
  [/SSO has not been enabled and(?:\/|&#x2F;|&#47;)or configured/i, errorCodes.METABASE_SSO_SSO_DISABLED],
  [/JWT authentication is not enabled/i, errorCodes.METABASE_SSO_SSO_DISABLED],
  [/SDK Embedding is not enabled/i, errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED],
  [/only exists in enterprise builds/i, errorCodes.METABASE_SSO_OPEN_SOURCE],
  [/value must be a non-blank string/i, errorCodes.METABASE_SSO_TOKEN_MISSING]
]

/** Statuses by which a proxy, a firewall or a login wall refuses. */
const PROXY_STATUSES: ReadonlySet<number> = new Set([401, 403, 404, 405, 413, 414, 429, 431])

/** Whether Metabase is down behind its proxy. 520 to 527 are Cloudflare's. A bare 500 is Metabase's own. */
export const isGatewayFailure = (status: number): boolean =>
  (status >= 502 && status <= 504) || (status >= 520 && status <= 527)

/** Returns the error for a response that is not a success. Nothing of the response's text goes into it. */
export function errorOf (response: Response, step: Step): MetabaseSsoError {
  const { status, body, retryAfter } = response
  const json = jsonOf(body)
  const beginning = body.slice(0, 65_536)
  const Known = byStatusField.get(json?.status) ?? bySentence.find(([pattern]) => pattern.test(beginning))?.[1]
  if (Known !== undefined) return new Known()
  if (status >= 300 && status < 400) return new errorCodes.METABASE_SSO_REDIRECTED(status)
  const Hidden = isMetabase(response) && (status === 401 || isHidden(json)) ? BY_STATUS[step][status] : undefined
  if (Hidden !== undefined) return new Hidden()
  if (status === 404 && isMetabase(response)) return new errorCodes.METABASE_SSO_NOT_FOUND()
  // The newest Metabase bounds the bodies of requests without a session.
  if (status === 413 && isMetabase(response)) return new errorCodes.METABASE_SSO_TOKEN_TOO_LARGE('Metabase accepts')
  if (PROXY_STATUSES.has(status)) return new errorCodes.METABASE_SSO_PROXY_REFUSED(status, { retryAfter })
  if (isGatewayFailure(status)) return new errorCodes.METABASE_SSO_GATEWAY_FAILED(status)
  return new errorCodes.METABASE_SSO_STATUS_UNEXPECTED(status)
}

/**
 * Whether a refusal is written as Metabase writes them: a text, never empty, without a content type; JSON of an
 * exception; or its page of a failed POST.
 */
function isMetabase ({ type, body, challenges }: Response): boolean {
  if (challenges) return false
  if (type === 'text/html') return isLogInPage(body)
  if (type === 'text/plain') return isNotFound({ type, body })
  if (type === '') return body.trim() !== ''
  const json = jsonOf(body)
  return json !== undefined && ('via' in json || 'trace' in json || 'cause' in json || isHidden(json))
}

/** Metabase's page of a failed POST. */
const isLogInPage = (body: string): boolean => body.includes('able to log you in')

/** Metabase's text for a path, or a session, that it does not know. */
export const isNotFound = ({ type, body }: Pick<Response, 'type' | 'body'>): boolean =>
  (type === '' || type === 'text/plain') && body.trim() === 'Not found.'

/** Tells whether Metabase itself, and nothing in front of it, lacks a way of posting a JWT. */
export const isMethodUnknown = ({ status, type, body }: Response): boolean => type === 'text/html'
  ? isLogInPage(body)
  : status === 404 && type === '' && isNotFound({ type, body })

/** `MB_HIDE_STACKTRACES`: the status alone tells. */
const isHidden = (json: Record<string, unknown> | undefined): boolean => json?.message === 'Something went wrong'

/** What a status means where the words are gone: hidden, or in the site's language. */
const BY_STATUS: Readonly<Record<Step, Readonly<Record<number, ErrorClass | undefined>>>> = {
  discovery: {
    400: errorCodes.METABASE_SSO_SSO_DISABLED,
    402: errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED
  },
  to_session: {
    400: errorCodes.METABASE_SSO_TENANT_GROUP_MISMATCH, // that SSO is off is said in a text, which is never hidden
    401: errorCodes.METABASE_SSO_TOKEN_REFUSED,
    403: errorCodes.METABASE_SSO_TENANT_REFUSED
  },
  exchange: {
    400: errorCodes.METABASE_SSO_SSO_DISABLED,
    401: errorCodes.METABASE_SSO_TOKEN_REFUSED,
    402: errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED,
    403: errorCodes.METABASE_SSO_TENANT_REFUSED
  },
  other: {}
}

function jsonOf (body: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body)
    return typeof value === 'object' && value !== null ? value as Record<string, unknown> : undefined
  } catch { // text or a page
    return undefined
  }
}
