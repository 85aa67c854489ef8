import { errorCodes } from '../errors.js'
import type { MaybePromise } from '../timeout.js'

/**
 * A shared secret of Metabase, used as text.
 * @example const secret: Secret = String(process.env.METABASE_JWT_SHARED_SECRET)
 */
export type Secret = string | Buffer

/**
 * Fetches keys, from a vault for instance.
 * @example const secret: SecretFunction<Secret> = async () => await readFile('/run/secrets/metabase', 'utf8')
 */
export type SecretFunction<Result> = () => MaybePromise<Result>

/** One key or more. */
export type Keys = readonly [Secret, ...Secret[]]

/** Where keys come from: they are given, or a function fetches them. */
export type SecretSource = Keys | SecretFunction<unknown>

/** Keys that one option may hold. An exchange that meets a wrong signature goes through them all within `timeout`. */
const MAX_KEYS = 5

const isSecret = (value: unknown): value is Secret => typeof value === 'string' || Buffer.isBuffer(value)

export const isSameSecret = (one: Secret, other: Secret): boolean => Buffer.from(one).equals(Buffer.from(other))

/**
 * Checks one key or, of the option `secret`, an array of keys.
 * @param option name of the option, for errors
 * @returns copies: a caller may wipe or reuse its Buffers
 */
export function readKeys (value: unknown, option: string): Keys {
  const keys: readonly unknown[] = Array.isArray(value) && option === 'secret' ? value : [value]
  const [first, ...others] = keys.map(key => readKey(key, option))
  if (first !== undefined && others.length < MAX_KEYS) return [first, ...others]
  throw new errorCodes.METABASE_SSO_SECRET_INVALID(option, `must hold one to ${MAX_KEYS} keys`)
}

function readKey (key: unknown, option: string): Secret {
  const invalid = (problem: string): Error => new errorCodes.METABASE_SSO_SECRET_INVALID(option, problem)
  if (key === undefined) throw invalid('is missing or blank')
  if (!isSecret(key)) throw invalid('must be a string, a Buffer or a function (`secret` also an array of keys)')
  const text = key.toString()
  if (text.trim() === '') throw invalid('is missing or blank')
  if (text === 'undefined' || text === 'null') throw invalid(`is the text "${text}"`)
  if (text.trim() !== text) throw invalid('begins or ends with white space: a line break or space was pasted along')
  if (text.startsWith('-----BEGIN')) throw invalid('is no key for HS256')
  if (text.length < 32) throw invalid('is shorter than 32 characters: a short key can be guessed from any JWT')
  return Buffer.isBuffer(key) ? Buffer.from(key) : key
}
