import type { ResolvedOptions } from '../options/schema.js'
import { isSameSecret, secretSource, type Secret } from './secret-provider.js'

/** A secret that Metabase may have as its JWT signing key, and the option that it came from. */
export interface Key {
  option: 'secret' | 'previousSecret'
  secret: Secret
}

/** The signing keys, while one may be on its way out. */
export interface Keys {
  /** What is signed without asking Metabase is signed with it. */
  current (): Key | Promise<Key>
  /** The one to begin with: of the option that Metabase took last. */
  likely (): Key | Promise<Key>
  /** The others that Metabase may have, when it says that the signature of the likely one is wrong. */
  others (likely: Key): AsyncGenerator<Key, void, undefined>
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

  const fixed: Key | undefined = typeof secret === 'function' ? undefined : { option: 'secret', secret }
  const fetch = async (): Promise<Key> => ({ option: 'secret', secret: await source.get() })
  const current: Keys['current'] = () => fixed ?? fetch()

  return {
    current,
    likely: () => last === 'previousSecret' && previous !== undefined ? previous : current(),
    async * others (likely) {
      const { secret } = likely.option === 'secret' ? likely : await current()
      if (likely.option !== 'secret') yield { option: 'secret', secret }
      else if (previous !== undefined) yield previous // before a vault is asked, which may be slow
      const changed = await source.getAfter(secret)
      if (!isSameSecret(changed, secret)) yield { option: 'secret', secret: changed }
    },
    taken ({ option }) {
      const isNews = option !== last
      last = option
      return isNews
    }
  }
}
