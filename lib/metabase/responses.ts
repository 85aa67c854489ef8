import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token } from '../jwt/issuer.js'
import type { Response } from './transport.js'

/**
 * A Metabase session, as the React SDK of the reference document expects it.
 * @example const session: MetabaseSession = await app.metabaseSso.exchange({ email: 'ann@example.com' })
 */
export interface MetabaseSession {
  /** Bearer credential for Metabase's API, in the header `X-Metabase-Session`. Keep it secret. */
  id: string
  /** Seconds since the epoch: when the SDK asks for a new session. The session itself lives on (metabase#44998). */
  exp: number
  /** Seconds since the epoch. */
  iat: number
  /** Always the same: the SDK looks for it. */
  status: 'ok'
}

/** Where Metabase would have a client fetch its JWT: by a redirect up to v54, with a hash in v55 and v56. */
export interface Discovery {
  redirects: boolean
  hash: string | undefined
}

/** What a Metabase says of itself without a login. */
export interface Properties {
  /** 58 for the tag `v1.58.2`. */
  version: number
  isOpenSource: boolean
  isSdkEmbeddingOff: boolean
}

/** What a response is to: discovery, `to_session`, another exchange method, or something else. */
export type Step = 'discovery' | 'to_session' | 'exchange' | 'other'

export const isSuccess = ({ status }: Response): boolean => status >= 200 && status < 300

export const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400

/** Whether an id can go into a header, as Metabase wants it back: UUIDs so far. */
export const isSessionId = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id)

export function isSession (value: unknown): value is MetabaseSession {
  const { id, exp, iat, status } = Object(value) as Record<string, unknown>
  return status === 'ok' && isSessionId(id) && Number.isInteger(exp) && Number.isInteger(iat)
}

export function readDiscovery (response: Response): Discovery | MetabaseSsoError {
  // A redirect that keeps our query leads to the instance's canonical URL or to a login page in front of it, not to the
  // identity provider.
  const isOurs = /preferred_method(=|%3D)jwt/i.test(String(response.headers.location))
  if (response.status === 302 && !isOurs) return { redirects: true, hash: undefined }
  const body = readJson(response, 'discovery')
  if (body instanceof MetabaseSsoError) return body
  const { method, url, hash } = body
  // The URL is null where no identity provider URI is set (v55 to v57).
  if (method === 'jwt' && (typeof url === 'string' || url === null)) {
    return { redirects: false, hash: typeof hash === 'string' ? hash : undefined }
  }
  if (method !== undefined) return new errorCodes.METABASE_SSO_SSO_DISABLED()
  return new errorCodes.METABASE_SSO_RESPONSE_UNEXPECTED()
}

/** @param token the JWT that was traded: `to_session` answers with the session alone, without times */
export function readSession (response: Response, token: Token, step: Step): MetabaseSession | MetabaseSsoError {
  const body = readJson(response, step)
  if (body instanceof MetabaseSsoError) return body
  const { session_token: sessionToken, id = sessionToken, exp = token.exp, iat = token.iat, status = 'ok' } = body
  const session = { id, exp, iat, status }
  if (!isSession(session)) return new errorCodes.METABASE_SSO_RESPONSE_UNEXPECTED()
  // Metabase repeats the times of the JWT. Later ones would keep a session in use for longer than was asked for.
  return { ...session, exp: Math.min(session.exp, token.exp), iat: Math.min(session.iat, token.iat) }
}

/**
 * Reads `/api/session/properties`; undefined when it is not Metabase that answers, an error when nothing can be said
 * yet: Metabase is starting, or down.
 */
export function readProperties (response: Response): Properties | MetabaseSsoError | undefined {
  const body = readJson(response, 'other')
  if (body instanceof MetabaseSsoError) return body.code === 'METABASE_SSO_GATEWAY_FAILED' ? body : undefined
  const { tag } = Object(body.version) as { tag?: unknown }
  // `v0.…` is the open-source edition.
  const found = typeof tag === 'string' ? /^v([01])\.(\d{1,3})\b/.exec(tag) : null
  if (found === null) return undefined
  const [, edition, version] = found
  const isSdkEmbeddingOff = body['enable-embedding-sdk'] === false
  return { version: Number(version), isOpenSource: edition === '0', isSdkEmbeddingOff }
}

/** Checks a response in order: status, content type, JSON. One error code each. */
function readJson (response: Response, step: Step): Record<string, unknown> | MetabaseSsoError {
  if (!isSuccess(response)) return errorOf(response, step)
  if (!/^application\/(.+\+)?json$/.test(response.type)) {
    return new errorCodes.METABASE_SSO_RESPONSE_NOT_JSON(typeName(response))
  }
  const value = jsonOf(response)
  if (value === undefined) return new errorCodes.METABASE_SSO_RESPONSE_MALFORMED()
  return Object(value) as Record<string, unknown> // what is no object has no fields
}

/** Returns undefined for what is no JSON. Without the error: V8 quotes the text, which may hold a session id. */
export function jsonOf ({ body }: Pick<Response, 'body'>): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** Content types that an error names. Others may be any text. */
const NAMED_TYPES: ReadonlySet<string> =
  new Set(['text/html', 'text/plain', 'text/xml', 'application/xml', 'application/octet-stream'])

export const typeName = ({ type }: Response): string =>
  type === '' ? 'no content type' : NAMED_TYPES.has(type) ? type : 'another type'

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
  const { status, body, headers } = response
  const json = Object(jsonOf(response)) as Record<string, unknown>
  const beginning = body.slice(0, 65_536)
  const Known = byStatusField.get(json.status) ?? bySentence.find(([pattern]) => pattern.test(beginning))?.[1]
  if (Known !== undefined) return new Known()
  if (isRedirect(response)) return new errorCodes.METABASE_SSO_REDIRECTED(status)
  if (isMetabase(response, json)) {
    const Hidden = status === 401 || isHidden(json) ? BY_STATUS[step][status] : undefined
    if (Hidden !== undefined) return new Hidden()
    if (status === 404) return new errorCodes.METABASE_SSO_NOT_FOUND()
    // The newest Metabase bounds the bodies of requests without a session.
    if (status === 413) return new errorCodes.METABASE_SSO_TOKEN_TOO_LARGE('Metabase accepts')
  }
  const retryAfter = /^\d{1,5}$/.exec(String(headers['retry-after']))?.[0]
  if (PROXY_STATUSES.has(status)) return new errorCodes.METABASE_SSO_PROXY_REFUSED(status, { retryAfter })
  if (isGatewayFailure(status)) return new errorCodes.METABASE_SSO_GATEWAY_FAILED(status)
  return new errorCodes.METABASE_SSO_STATUS_UNEXPECTED(status)
}

/**
 * Whether a refusal is written as Metabase writes them: a text, never empty, without a content type; JSON of an
 * exception; or its page of a failed POST.
 */
function isMetabase (response: Response, json: Record<string, unknown>): boolean {
  if (response.headers['www-authenticate'] !== undefined) return false // a login of HTTP's own
  if (response.type === 'text/html') return isLogInPage(response)
  if (response.type === 'text/plain') return isNotFound(response)
  if (response.type === '') return response.body.trim() !== ''
  return 'via' in json || 'trace' in json || 'cause' in json || isHidden(json)
}

/** Metabase's page of a failed POST. */
const isLogInPage = ({ body }: Response): boolean => body.includes('able to log you in')

/** Metabase's text for a path, or a session, that it does not know. */
export const isNotFound = ({ type, body }: Response): boolean =>
  (type === '' || type === 'text/plain') && body === 'Not found.'

/** Tells whether Metabase itself, and nothing in front of it, lacks a way of posting a JWT. */
export const isMethodUnknown = (response: Response): boolean => response.type === 'text/html'
  ? isLogInPage(response)
  : response.status === 404 && response.type === '' && isNotFound(response)

/** `MB_HIDE_STACKTRACES`: the status alone tells. */
const isHidden = ({ message }: Record<string, unknown>): boolean => message === 'Something went wrong'

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
