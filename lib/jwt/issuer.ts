import type { CheckedClaims } from '../claims.js'
import { errorCodes } from '../errors.js'
import type { Secret } from '../options/secret.js'
import type { SigningKeys } from './signing-keys.js'

/** Signs a payload with HS256. */
export type Signer = (payload: object, key: Secret) => string

/** A signed JWT, with the times that it holds in seconds since the epoch. */
export interface Token {
  jwt: string
  iat: number
  exp: number
}

/** Characters of a JWT. Servers and proxies refuse larger requests. */
const MAX_TOKEN_LENGTH = 64 * 1024

/** Signs a payload, unless the JWT would be too large. */
export function signBounded (sign: Signer, payload: object, key: Secret): string {
  const jwt = sign(payload, key)
  if (jwt.length > MAX_TOKEN_LENGTH) throw new errorCodes.METABASE_SSO_TOKEN_TOO_LARGE('64 KiB')
  return jwt
}

/** Signs JWTs for one Metabase instance. */
export interface TokenIssuer {
  /** A fresh JWT of these claims. Metabase refuses it 180 s after `iat`: use it at once, and once. */
  issue (claims: Pick<CheckedClaims, 'payload'>, key: Secret): Token
  /**
   * A JWT that Metabase always refuses: as too old when the key is right, as corrupt when it is wrong. So it tests
   * the key without signing a user in.
   */
  issueProbe (key: Secret): Token
}

/** @param lifetime seconds between `iat` and `exp` */
export function createTokenIssuer (sign: Signer, lifetime: number): TokenIssuer {
  const seconds = (): number => Math.floor(Date.now() / 1000)

  function issue (payload: CheckedClaims['payload'], iat: number, exp: number, key: Secret): Token {
    // Not a spread: fast-jwt copies its result more slowly.
    return { jwt: signBounded(sign, Object.assign({}, payload, { iat, exp }), key), iat, exp }
  }

  return {
    issue ({ payload }, key) {
      const iat = seconds()
      return issue(payload, iat, iat + lifetime, key)
    },
    issueProbe (key) {
      // Of 1970: an hour ago would be now for a Metabase whose clock is an hour behind. It names no user, so that none
      // could be signed in with it.
      return issue({}, 1, seconds() + lifetime, key)
    }
  }
}

/** Signs a fresh JWT of these claims, with the key that Metabase most likely has. */
export type SignJwt = (claims: CheckedClaims) => Promise<string>

export const createSignJwt = (tokens: TokenIssuer, keys: SigningKeys): SignJwt =>
  async claims => tokens.issue(claims, await keys.current()).jwt
