import type { MetabaseSsoErrorCode } from './errors.js'

/** Metabase's JWT signing key, used as text. */
export type Secret = string | Buffer

/** Fetches the secret whenever something is signed, from a vault for instance. */
export type SecretFunction = () => Secret | Promise<Secret>

export const isSecret = (value: unknown): value is Secret => typeof value === 'string' || Buffer.isBuffer(value)

/** What is wrong with a secret, or undefined when nothing is. */
export function secretProblem (secret: Secret): MetabaseSsoErrorCode | undefined {
  const text = secret.toString()
  if (text.trim() === '') return 'METABASE_SSO_SECRET_MISSING'
  if (text.trim() !== text) return 'METABASE_SSO_SECRET_WHITESPACE'
  if (text.length < 32) return 'METABASE_SSO_SECRET_TOO_SHORT'
  return undefined
}
