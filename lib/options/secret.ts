import { errorCodes } from '../errors.js'
import type { MaybePromise } from '../timeout.js'

/** A shared secret of Metabase, used as text. */
export type Secret = string | Buffer

/** Fetches keys, from a vault for instance. */
export type SecretFunction<Result> = () => MaybePromise<Result>

/** One key or more. */
export type Keys = readonly [Secret, ...Secret[]]

/** Where keys come from: they are given, or a function fetches them. */
export type SecretSource = Keys | SecretFunction<unknown>

/** Keys that one option may hold. An exchange that meets a wrong signature goes through them all within `timeout`. */
const MAX_KEYS = 5

export const isSecret = (value: unknown): value is Secret => typeof value === 'string' || Buffer.isBuffer(value)

export const isSameSecret = (one: Secret, other: Secret): boolean => Buffer.from(one).equals(Buffer.from(other))

/**
 * Checks one key or, of the option `secret`, an array of keys.
 * @param option name of the option, for errors
 * @returns copies: a caller may wipe or reuse its Buffers. Undefined for what is neither
 * @throws METABASE_SSO_SECRET_MISSING, METABASE_SSO_SECRET_WHITESPACE, METABASE_SSO_SECRET_TOO_SHORT,
 *   METABASE_SSO_OPTION_INVALID for a PEM key
 */
export function readKeys (value: unknown, option: string): Keys | undefined {
  const keys: readonly unknown[] = Array.isArray(value) && option === 'secret' ? value : [value]
  if (keys.length > MAX_KEYS || !keys.every(isSecret)) return undefined
  for (const key of keys) checkKey(key.toString(), option)
  const [first, ...others] = keys.map(key => Buffer.isBuffer(key) ? Buffer.from(key) : key)
  return first === undefined ? undefined : [first, ...others]
}

function checkKey (text: string, option: string): void {
  if (text.trim() === '') throw new errorCodes.METABASE_SSO_SECRET_MISSING(option)
  if (text === 'undefined' || text === 'null') {
    throw new errorCodes.METABASE_SSO_OPTION_INVALID(option, `is the text "${text}": set the environment variable`)
  }
  if (text.trim() !== text) throw new errorCodes.METABASE_SSO_SECRET_WHITESPACE(option)
  if (text.startsWith('-----BEGIN')) throw new errorCodes.METABASE_SSO_OPTION_INVALID(option, 'is no key for HS256')
  if (text.length < 32) throw new errorCodes.METABASE_SSO_SECRET_TOO_SHORT(option)
}
