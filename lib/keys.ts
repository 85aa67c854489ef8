import type { ResolvedOptions } from './options.js'
import { isSameSecret, secretSource, type Secret } from './secret.js'

/** A secret that Metabase may have as its JWT signing key, and the option that it came from. */
export interface Key {
  option: 'secret' | 'previousSecret'
  secret: Secret
}

/** The signing keys, while one may be on its way out. */
export interface Keys {
  /** What is signed without asking Metabase is signed with it. */
  current (): Promise<Key>
  /** Each key that Metabase may have, the one that it took last first. Ask for the next one when Metabase says that the signature is wrong. */
  candidates (): AsyncGenerator<Key, void, undefined>
  /**
   * Metabase has taken a JWT of this key.
   * @returns whether that is news: it took one of the other option before
   */
  taken (key: Key): boolean
}

export function createKeys ({ secret, previousSecret, timeout }: Pick<ResolvedOptions, 'secret' | 'previousSecret' | 'timeout'>): Keys {
  const source = secretSource('secret', secret, timeout)
  const previous: Key | undefined = previousSecret === undefined ? undefined : { option: 'previousSecret', secret: previousSecret }
  let last: Key['option'] = 'secret'

  return {
    current: async () => ({ option: 'secret', secret: await source.get() }),
    async * candidates () {
      const isPreviousFirst = last === 'previousSecret'
      if (isPreviousFirst && previous !== undefined) yield previous
      const current = await source.get()
      yield { option: 'secret', secret: current }
      const changed = await source.getAfter(current).catch(error => {
        if (previous === undefined) throw error
        return current // a vault that is down now shall not hide the other key
      })
      if (!isSameSecret(changed, current)) yield { option: 'secret', secret: changed }
      if (!isPreviousFirst && previous !== undefined) yield previous
    },
    taken ({ option }) {
      const isNews = option !== last
      last = option
      return isNews
    }
  }
}
