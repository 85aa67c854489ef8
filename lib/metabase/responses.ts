import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token } from '../jwt/issuer.js'
import { errorOf, type Step } from './error-mapping.js'
import type { Response } from './transport.js'

/** A Metabase session, as the React SDK of the reference document expects it. */
export interface MetabaseSession {
  /** Bearer credential for Metabase's API, in the header `X-Metabase-Session`. Keep it secret. */
  id: string
  /** Seconds since the epoch: when the SDK asks for a new session. The session itself lives on (metabase#44998). */
  exp: number
  /** Seconds since the epoch. */
  iat: number
  status: 'ok'
}

/** Where Metabase would have a client fetch its JWT: by a redirect up to v54, with a hash in v55 and v56. */
export interface Discovery {
  redirects: boolean
  hash: string | undefined
}

export const isSuccess = ({ status }: Response): boolean => status >= 200 && status < 300

/** Whether an id can go into a header, as Metabase wants it back: UUIDs so far. */
export const isSessionId = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]{1,200}$/.test(id)

export function isSession (value: unknown): value is MetabaseSession {
  const { id, exp, iat, status } = Object(value) as Record<string, unknown>
  return status === 'ok' && isSessionId(id) && Number.isInteger(exp) && Number.isInteger(iat)
}

export function readDiscovery (response: Response): Discovery | MetabaseSsoError {
  // A redirect that keeps our query leads to the instance's canonical URL or to a login page in front of it, not to the
  // identity provider.
  const isOurs = /preferred_method(=|%3D)jwt/i.test(String(response.location))
  if (response.status === 302 && !isOurs) return { redirects: true, hash: undefined }
  const body = readJson(response, 'discovery')
  if (body instanceof MetabaseSsoError) return body
  if (isDiscovery(body)) return { redirects: false, hash: typeof body.hash === 'string' ? body.hash : undefined }
  if (body.method !== undefined) return new errorCodes.METABASE_SSO_SSO_DISABLED()
  return new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
}

/** The URL is null where no identity provider URI is set (v55 to v57). */
export const isDiscovery = ({ url, method }: Record<string, unknown>): boolean =>
  method === 'jwt' && (typeof url === 'string' || url === null)

/** @param token the JWT that was traded: `to_session` answers with the session alone, without times */
export function readSession (response: Response, token: Token, step: Step): MetabaseSession | MetabaseSsoError {
  const body = readJson(response, step)
  if (body instanceof MetabaseSsoError) return body
  const { session_token: sessionToken, id = sessionToken, exp = token.exp, iat = token.iat, status = 'ok' } = body
  const session = { id, exp, iat, status }
  if (!isSession(session)) return new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
  // Metabase repeats the times of the JWT. Later ones would keep a session in use for longer than was asked for.
  return { ...session, exp: Math.min(session.exp, token.exp), iat: Math.min(session.iat, token.iat) }
}

/** What a Metabase says of itself without a login. */
export interface Properties {
  /** 58 for the tag `v1.58.2`. */
  version: number
  isOpenSource: boolean
  isSdkEmbeddingOff: boolean
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
  const [, edition, version] = /^v([01])\.(\d{1,3})\b/.exec(String(tag)) ?? []
  if (version === undefined) return undefined
  const isSdkEmbeddingOff = body['enable-embedding-sdk'] === false
  return { version: Number(version), isOpenSource: edition === '0', isSdkEmbeddingOff }
}

/** Content types that an error names. Others may be any text. */
const NAMED_TYPES: ReadonlySet<string> =
  new Set(['text/html', 'text/plain', 'text/xml', 'application/xml', 'application/octet-stream'])

export const typeName = ({ type }: Response): string =>
  type === '' ? 'no content type' : NAMED_TYPES.has(type) ? type : 'another type'

/** Checks a response in order: status, content type, JSON. One error code each. */
export function readJson (response: Response, step: Step): Record<string, unknown> | MetabaseSsoError {
  if (!isSuccess(response)) return errorOf(response, step)
  if (!/^application\/(.+\+)?json$/.test(response.type)) {
    return new errorCodes.METABASE_SSO_ANSWER_NOT_JSON(typeName(response))
  }
  let value: unknown
  try {
    value = JSON.parse(response.body)
  } catch {
    // Without the cause: V8 quotes the text that it could not parse, which may hold a session id.
    return new errorCodes.METABASE_SSO_ANSWER_MALFORMED()
  }
  if (typeof value !== 'object' || value === null) return new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
  return value as Record<string, unknown>
}
