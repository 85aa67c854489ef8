import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token } from '../jwt/issuer.js'
import { errorOf } from './error-mapping.js'
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

/** Where Metabase would have a client fetch its JWT: by a redirect until v54, with a hash in v55, without since. */
export type Discovery = { redirects: boolean, hash: string | undefined }

export const isSuccess = ({ status }: Response): boolean => status >= 200 && status < 300

/** Whether an id can go into a header, as Metabase wants it back: UUIDs so far. */
export const isSessionId = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]+$/.test(id)

export function isSession (value: unknown): value is MetabaseSession {
  const { id, exp, iat, status } = Object(value) as Record<string, unknown>
  return status === 'ok' && isSessionId(id) && Number.isInteger(exp) && Number.isInteger(iat)
}

export function readDiscovery (response: Response): Discovery | MetabaseSsoError {
  // A redirect that keeps our query leads to the instance's canonical URL or to a login page in front of it, not to the
  // identity provider.
  const isOurs = /preferred_method(=|%3D)jwt/i.test(String(response.location))
  if (response.status === 302 && !isOurs) return { redirects: true, hash: undefined }
  const body = readJson(response)
  if (body instanceof MetabaseSsoError) return body
  const { url, method, hash } = body
  if (method !== undefined && method !== 'jwt') return new errorCodes.METABASE_SSO_SSO_DISABLED()
  if (typeof url !== 'string') return new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
  return { redirects: false, hash: typeof hash === 'string' ? hash : undefined }
}

/** @param token the JWT that was traded: some versions answer `to_session` with the session alone, without times */
export function readSession (response: Response, token: Token): MetabaseSession | MetabaseSsoError {
  const body = readJson(response)
  if (body instanceof MetabaseSsoError) return body
  const { session_token: sessionToken, id = sessionToken, exp = token.exp, iat = token.iat, status = 'ok' } = body
  const session = { id, exp, iat, status }
  if (isSession(session)) return session
  // Discovery in answer to a JWT: v55 does not accept the hash.
  if (typeof body.url === 'string' && body.method === 'jwt') return new errorCodes.METABASE_SSO_HASH_REFUSED()
  return new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
}

/** Checks a response in order: status, content type, JSON. One error code each. */
export function readJson (response: Response): Record<string, unknown> | MetabaseSsoError {
  if (!isSuccess(response)) return errorOf(response)
  if (!/^application\/(.+\+)?json$/.test(response.type)) {
    return new errorCodes.METABASE_SSO_ANSWER_NOT_JSON(response.type || 'no content type')
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
