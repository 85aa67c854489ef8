import { errorCodes } from '../errors.js'
import { callHost } from '../host/callbacks.js'
import { isSameSecret, readKeys, type Keys, type Secret, type SecretSource } from '../options/secret.js'
import type { MaybePromise } from '../timeout.js'

/** The keys of one option: those that Metabase may have, while one is on its way out. */
export interface SigningKeys {
  /** All of them. Those of a function are kept for five seconds. */
  all (): MaybePromise<Keys>
  /** The key to sign with: the one that Metabase confirmed last, else the first. */
  current (): Promise<Secret>
  /**
   * A key that Metabase has not refused yet. A function is asked again when there is none; undefined when there is
   * still none then.
   */
  next (refused: readonly Secret[]): Promise<Secret | undefined>
  /** Remembers that Metabase has accepted a JWT of this key. */
  confirm (key: Secret): void
}

interface Log {
  info (message: string): void
  warn (message: string): void
}

/** How long what a function returned is used, in milliseconds. */
const KEPT_MS = 5000

/**
 * @param option name of the option, for errors
 * @param timeout milliseconds that a function may take
 */
export function createSigningKeys (option: string, source: SecretSource, timeout: number, log: Log): SigningKeys {
  /** Of no use before the first call, as `keptUntil` says. */
  let kept: Keys = ['']
  let keptUntil = 0
  let call: Promise<Keys> | undefined
  let confirmed: Secret | undefined

  const isConfirmed = (key: Secret): boolean => confirmed !== undefined && isSameSecret(key, confirmed)

  async function callSource (call: () => unknown): Promise<Keys> {
    const failed = (cause: unknown) => new errorCodes.METABASE_SSO_SECRET_FAILED(option, { cause })
    kept = readKeys(await callHost(call, timeout, failed), option)
    keptUntil = performance.now() + KEPT_MS
    return kept
  }

  /** One call at a time serves every caller. */
  function fetch (): MaybePromise<Keys> {
    if (typeof source !== 'function') return (kept = source)
    call ??= callSource(source).finally(() => { call = undefined })
    return call
  }

  const all = (): MaybePromise<Keys> => performance.now() < keptUntil ? kept : fetch()

  return {
    all,
    async current () {
      const keys = await all()
      return keys.find(isConfirmed) ?? keys[0]
    },
    async next (refused) {
      const unrefused = (keys: Keys): Secret | undefined =>
        keys.find(key => !refused.some(other => isSameSecret(key, other)))
      const candidate = unrefused(await all())
      if (candidate !== undefined) return candidate
      const isUnderWay = call !== undefined // and may have begun before a rotation
      return unrefused(await fetch()) ?? (isUnderWay ? unrefused(await fetch()) : undefined)
    },
    confirm (key) {
      if (isConfirmed(key)) return
      const isFirst = confirmed === undefined
      confirmed = key
      const position = kept.findIndex(isConfirmed) + 1
      if (position > 1) log.warn(`Metabase has key ${position} of \`secret\`, not the first: it signs from now on`)
      else if (!isFirst) log.info('Metabase has the first key of `secret` now')
    }
  }
}
