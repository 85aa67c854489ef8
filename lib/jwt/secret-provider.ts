import { errorCodes, type MetabaseSsoErrorCode } from '../errors.js'
import { noAnswer, withDeadline } from '../metabase/deadline.js'

/** A shared secret of Metabase, used as text. */
export type Secret = string | Buffer

/** Fetches the secret, from a vault for instance. */
export type SecretFunction = () => Secret | Promise<Secret>

export const isSecret = (value: unknown): value is Secret => typeof value === 'string' || Buffer.isBuffer(value)

export const isSameSecret = (one: Secret, other: Secret): boolean => Buffer.from(one).equals(Buffer.from(other))

/** What is wrong with a secret, or undefined when nothing is. */
export function secretProblem (secret: Secret): MetabaseSsoErrorCode | undefined {
  const text = secret.toString()
  if (text.trim() === '') return 'METABASE_SSO_SECRET_MISSING'
  if (text.trim() !== text) return 'METABASE_SSO_SECRET_WHITESPACE'
  if (text.length < 32) return 'METABASE_SSO_SECRET_TOO_SHORT'
  return undefined
}

/** A secret, wherever it comes from. */
export interface SecretSource {
  /** @throws METABASE_SSO_SECRET_… errors, when a function failed or returned what is no secret */
  get (): Promise<Secret>
  /** The secret again, after Metabase has refused this one: the same, unless it was changed. */
  getAfter (refused: Secret): Promise<Secret>
}

/** How long what a function returned is used. Metabase's "wrong signature" ends that earlier. */
export const SECRET_KEPT_MS = 5000

/**
 * @param option name of the option, for errors
 * @param timeout milliseconds that a function may take
 * @param now milliseconds of a clock that never goes back
 */
export function secretSource (option: string, secret: Secret | SecretFunction, timeout: number, now: () => number = () => performance.now()): SecretSource {
  if (typeof secret !== 'function') return { get: async () => secret, getAfter: async () => secret }

  let kept: { secret: Secret, until: number } | undefined
  let call: Promise<Secret> | undefined

  /** One call at a time, whoever asks. */
  async function fetch (): Promise<Secret> {
    call ??= callSecret(option, secret as SecretFunction, timeout).then(secret => {
      kept = { secret, until: now() + SECRET_KEPT_MS }
      return secret
    }).finally(() => { call = undefined })
    return await call
  }

  return {
    get: async () => kept !== undefined && now() < kept.until ? kept.secret : await fetch(),
    async getAfter (refused) {
      // Somebody else was refused before, and has fetched it; or is about to, but perhaps began before it changed.
      if (kept !== undefined && !isSameSecret(kept.secret, refused)) return kept.secret
      const joined = call !== undefined
      const fetched = await fetch()
      return joined && isSameSecret(fetched, refused) ? await fetch() : fetched
    }
  }
}

async function callSecret (option: string, secret: SecretFunction, timeout: number): Promise<Secret> {
  let current: unknown
  try {
    // Bounded: all who sign in wait for this one call.
    current = await withDeadline(timeout, async () => await secret(), { late: noAnswer(timeout) })
  } catch (cause) {
    throw new errorCodes.METABASE_SSO_SECRET_FAILED(option, { cause })
  }
  if (!isSecret(current)) throw new errorCodes.METABASE_SSO_SECRET_FAILED(option)
  const problem = secretProblem(current)
  if (problem !== undefined) throw new errorCodes[problem](option)
  return current
}
