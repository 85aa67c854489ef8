import type { FastifyInstance } from 'fastify'
import type { Instance } from '../instance.js'
import { Refused } from '../failures/refusals.js'

/** The payload of a JWT whose signature is right. */
export type Claims = Record<string, unknown>

/** Age up to which Metabase accepts a JWT, in seconds since its `iat`. */
const maxAge = 180

/**
 * Reads the payload of a JWT whose signature is right, whatever its times. Undefined for any other: Metabase has one
 * sentence for a wrong key, a wrong algorithm and what is no JWT at all.
 */
export function payloadOf (app: FastifyInstance, key: string, token: string): Claims | undefined {
  try {
    return app.jwt.verify<Claims>(token, { key, algorithms: ['HS256'], ignoreExpiration: true, ignoreNotBefore: true })
  } catch {
    return undefined
  }
}

/** Reads a time claim in seconds, if there is one. */
function timeClaim (claims: Claims, name: string): number | undefined {
  const value = claims[name] ?? undefined
  if (value !== undefined && typeof value !== 'number') throw new Refused('time-not-a-number')
  return value
}

/**
 * Reads the claims of a JWT and checks them in Metabase's order: signature, `exp`, `nbf`, `iat`.
 * Claims that are absent are not checked, not even `exp` and `iat`. An `iat` in the future is accepted.
 */
export function readJwt (app: FastifyInstance, metabase: Instance, token: string): Claims {
  const claims = payloadOf(app, metabase.secret, token)
  if (claims === undefined) throw new Refused('wrong-secret')
  const now = metabase.seconds()
  const exp = timeClaim(claims, 'exp')
  const nbf = timeClaim(claims, 'nbf')
  const iat = timeClaim(claims, 'iat')
  if (exp !== undefined && exp <= now) throw new Refused('token-expired', { time: exp })
  if (nbf !== undefined && nbf > now) throw new Refused('token-not-yet-valid', { time: nbf })
  if (iat !== undefined && now - iat > maxAge) throw new Refused('token-too-old')
  return claims
}
