import { errorCodes } from '../errors.js'
import { failureOf } from './error-mapping.js'
import type { Answer } from './transport.js'
import type { Token } from '../jwt/issuer.js'

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

export const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300

/** Where Metabase would have a client fetch its JWT: 'redirect' until v54, with a hash in v55, without since. */
export function readDiscovery (answer: Answer): 'redirect' | { hash: string | undefined } {
  // A redirect that keeps our query leads to the instance's canonical URL or to a login page in front of it, not to the identity provider.
  if (answer.status === 302 && !/preferred_method(=|%3D)jwt/i.test(String(answer.location))) return 'redirect'
  const { url, method, hash } = readJson(answer)
  if (method !== undefined && method !== 'jwt') throw new errorCodes.METABASE_SSO_SSO_DISABLED()
  if (typeof url !== 'string') throw new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
  return { hash: typeof hash === 'string' ? hash : undefined }
}

/** Whether it can go into a header, as Metabase wants it back: UUIDs so far. */
export const isSessionId = (id: unknown): id is string => typeof id === 'string' && /^[\x21-\x7e]+$/.test(id)

/**
 * @param token what was traded: some versions answer `to_session` with the session alone, without times
 * @throws METABASE_SSO_HASH_REFUSED, METABASE_SSO_ANSWER_UNEXPECTED
 */
export function sessionOf (body: Record<string, unknown>, token: Token): MetabaseSession {
  const { id, session_token: sessionToken, exp = token.exp, iat = token.iat, status = 'ok', url, method } = body
  const sessionId = id ?? sessionToken
  if (status === 'ok' && isSessionId(sessionId) && Number.isInteger(exp) && Number.isInteger(iat)) {
    return { id: sessionId, exp: Number(exp), iat: Number(iat), status: 'ok' }
  }
  // Where to fetch a JWT, in answer to a JWT: version 55 without a hash that it accepts.
  if (typeof url === 'string' && method === 'jwt') throw new errorCodes.METABASE_SSO_HASH_REFUSED()
  throw new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
}

/** Checks an answer in order: status, content type, JSON. One error code each. */
export function readJson (answer: Answer): Record<string, unknown> {
  if (!isSuccess(answer)) throw failureOf(answer)
  if (!/^application\/(.+\+)?json$/.test(answer.type)) throw new errorCodes.METABASE_SSO_ANSWER_NOT_JSON(answer.type || 'no content type')
  let value: unknown
  try {
    value = JSON.parse(answer.body)
  } catch {
    // Without the cause: V8 quotes the text that it could not parse, which may hold a session id.
    throw new errorCodes.METABASE_SSO_ANSWER_MALFORMED()
  }
  if (typeof value !== 'object' || value === null) throw new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
  return value as Record<string, unknown>
}
