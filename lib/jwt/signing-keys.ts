import { isSameSecret, type Keys, type Secret } from '../options/secret.js'
import type { MaybePromise } from '../timeout.js'
import type { SecretProvider } from './secret-provider.js'

/** The keys that Metabase may have as its JWT signing key, while one is on its way out. */
export interface SigningKeys {
  /** The key to sign with: the one that Metabase confirmed last, else the first. */
  current (): MaybePromise<Secret>
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

export function createSigningKeys (provider: SecretProvider, log: Log): SigningKeys {
  let confirmed: Secret | undefined
  /** As they came last. */
  let known: readonly Secret[] = []

  const isConfirmed = (key: Secret): boolean => confirmed !== undefined && isSameSecret(key, confirmed)
  const preferred = (keys: Keys): Secret => {
    known = keys
    return keys.find(isConfirmed) ?? keys[0]
  }

  return {
    current () {
      const keys = provider.get()
      return keys instanceof Promise ? keys.then(preferred) : preferred(keys)
    },
    async next (refused) {
      const candidate = (keys: Keys): Secret | undefined => {
        known = keys
        return keys.find(key => !refused.some(other => isSameSecret(key, other)))
      }
      return candidate(await provider.get()) ??
        candidate(await provider.refetch(keys => candidate(keys) !== undefined))
    },
    confirm (key) {
      if (isConfirmed(key)) return
      const isFirst = confirmed === undefined
      confirmed = key
      const position = known.findIndex(isConfirmed) + 1
      if (position > 1) log.warn(`Metabase has key ${position} of \`secret\`, not the first: it signs from now on`)
      else if (!isFirst) log.info('Metabase has the first key of `secret` now')
    }
  }
}
