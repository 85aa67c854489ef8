import type { JWT } from '@fastify/jwt'
import type { Claims } from '../claims.js'
import type { Key } from './signing-keys.js'
import type { ResolvedOptions } from '../options/schema.js'

/** A signed JWT, with the times that it holds in seconds since the epoch. */
export interface Token {
  jwt: string
  iat: number
  exp: number
}

/** Signs JWTs for one Metabase instance. */
export interface TokenIssuer {
  /** A fresh JWT of these claims. Metabase refuses it 180 s after `iat`: use it at once, and once. */
  issue (claims: Claims, key: Key): Token
  /**
   * A JWT that Metabase refuses whatever happens, as too old when the secret is right and as corrupt when
   * it is wrong: it tells which without signing anyone in.
   */
  issueProbe (key: Key): Token
}

/**
 * @param jwt `@fastify/jwt`, set up with HS256 and, unless it is a function, the secret
 * @param now milliseconds since the epoch
 */
export function createTokenIssuer (jwt: Pick<JWT, 'sign'>, options: Pick<ResolvedOptions, 'secret' | 'tokenLifetime'>, now: () => number): TokenIssuer {
  function sign (claims: Claims, iat: number, exp: number, { secret }: Key): Token {
    const payload = Object.assign({}, claims, { iat, exp }) // not a spread, whose result fast-jwt takes 6 µs longer to copy
    const signed = secret === options.secret
      ? jwt.sign(payload) // with the key that @fastify/jwt prepared at boot
      : jwt.sign(payload, { key: secret })
    return { jwt: signed, iat, exp }
  }

  const seconds = (): number => Math.floor(now() / 1000)

  return {
    issue (claims, key) {
      const iat = seconds()
      return sign(claims, iat, iat + options.tokenLifetime, key)
    },
    issueProbe (key) {
      // Of 1970: an hour ago would be now for a Metabase whose clock is an hour behind.
      return sign({ email: 'probe@localhost' }, 1, seconds() + options.tokenLifetime, key)
    }
  }
}
