import type { JWT } from '@fastify/jwt'
import type { Claims } from './claims.js'
import { errorCodes } from './errors.js'
import type { ResolvedOptions } from './options.js'
import { isSecret, secretProblem, type Secret, type SecretFunction } from './secret.js'

/** A signed JWT, with the times that it holds in seconds since the epoch. */
export interface Token {
  jwt: string
  iat: number
  exp: number
}

/** Signs JWTs for one Metabase instance. */
export interface TokenIssuer {
  /** A fresh JWT of these claims. Metabase refuses it 180 s after `iat`: use it at once, and once. */
  issue (claims: Claims): Promise<Token>
  /**
   * A JWT that Metabase refuses whatever happens, as too old when the secret is right and as corrupt when
   * it is wrong: it tells which without signing anyone in.
   */
  issueProbe (): Promise<Token>
}

/**
 * @param jwt @fastify/jwt, set up with HS256 and, unless it is a function, the secret
 * @param now milliseconds since the epoch
 */
export function createTokenIssuer (jwt: Pick<JWT, 'sign'>, { secret, tokenLifetime }: ResolvedOptions, now: () => number): TokenIssuer {
  async function sign (claims: Claims, iat: number, exp: number): Promise<Token> {
    const payload = { ...claims, iat, exp }
    const signed = typeof secret === 'function'
      ? jwt.sign(payload, { key: await currentSecret(secret) })
      : jwt.sign(payload) // with the key that @fastify/jwt prepared at boot
    return { jwt: signed, iat, exp }
  }

  const seconds = (): number => Math.floor(now() / 1000)

  return {
    issue (claims) {
      const iat = seconds()
      return sign(claims, iat, iat + tokenLifetime)
    },
    issueProbe () {
      // Of 1970: an hour ago would be now for a Metabase whose clock is an hour behind.
      return sign({ email: 'probe@localhost' }, 1, seconds() + tokenLifetime)
    }
  }
}

async function currentSecret (secret: SecretFunction): Promise<Secret> {
  let current: unknown
  try {
    current = await secret()
  } catch (cause) {
    throw new errorCodes.METABASE_SSO_SECRET_FAILED({ cause })
  }
  if (!isSecret(current)) throw new errorCodes.METABASE_SSO_SECRET_FAILED()
  const problem = secretProblem(current)
  if (problem !== undefined) throw new errorCodes[problem]()
  return current
}
