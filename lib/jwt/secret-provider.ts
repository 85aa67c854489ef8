import { errorCodes, type MetabaseSsoError } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import { readKeys, type Keys, type SecretSource } from '../options/secret.js'
import type { MaybePromise } from '../timeout.js'

/** The keys of one option, wherever they come from. */
export interface SecretProvider {
  /** @throws METABASE_SSO_SECRET_… errors, when a function failed or returned no key */
  get (): MaybePromise<Keys>
  /**
   * Asks a function again. An array stays as it is.
   * @param isUseful whether these keys help the caller: a call that was under way may have begun before a rotation,
   *   so another one follows when they do not
   */
  refetch (isUseful: (keys: Keys) => boolean): MaybePromise<Keys>
}

/** How long what a function returned is used, in milliseconds. */
export const SECRET_KEPT_MS = 5000

/**
 * @param option name of the option, for errors
 * @param timeout milliseconds that a function may take
 * @param now milliseconds of a clock that never goes back
 */
export function createSecretProvider (
  option: string, source: SecretSource, timeout: number, now: () => number = () => performance.now()
): SecretProvider {
  if (typeof source !== 'function') return { get: () => source, refetch: () => source }

  const failed = (options?: { cause: unknown }): MetabaseSsoError =>
    new errorCodes.METABASE_SSO_SECRET_FAILED(option, options)

  let kept: { keys: Keys, until: number } | undefined
  let call: Promise<Keys> | undefined

  async function callSource (): Promise<Keys> {
    const value = await callHost(source as () => unknown, timeout, cause => failed({ cause }))
    const keys = readKeys(value, option)
    if (keys === undefined) throw failed()
    kept = { keys, until: now() + SECRET_KEPT_MS }
    return keys
  }

  /** One call at a time serves every caller. */
  function fetch (): Promise<Keys> {
    call ??= callSource().finally(() => { call = undefined })
    return call
  }

  return {
    get: () => kept !== undefined && now() < kept.until ? kept.keys : fetch(),
    async refetch (isUseful) {
      if (kept !== undefined && isUseful(kept.keys)) return kept.keys // another caller has fetched meanwhile
      const isUnderWay = call !== undefined
      const keys = await fetch()
      return isUnderWay && !isUseful(keys) ? await fetch() : keys
    }
  }
}
