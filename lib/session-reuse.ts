import { createHmac } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { MetabaseSession } from './answers.js'
import type { Claims } from './claims.js'
import { sessionIdOf } from './host-session.js'
import type { Keys } from './keys.js'
import type { Exchange } from './metabase.js'
import type { SessionMemory } from './session-memory.js'
import type { SignIn } from './sign-in.js'
import { createSingleFlight } from './single-flight.js'

/** Sign-ins that need not reach Metabase. */
export interface SessionReuse {
  /**
   * As `SignIn.exchange`, but all who ask at the same time, for the same claims in the same user session, share one
   * exchange; and a session from before is answered while at least half of its life is left, where the host wants that.
   * @param gone when the client has gone
   */
  exchange (claims: Claims, request: FastifyRequest, gone: AbortSignal): Promise<Exchange & { reused?: true }>
}

interface Parts {
  signIn: SignIn
  keys: Keys
  /** Where sessions from before are; absent when they are not to be used. */
  cache: SessionMemory | undefined
  /** Milliseconds since the epoch. */
  now: () => number
}

export function createSessionReuse ({ signIn, keys, cache, now }: Parts): SessionReuse {
  const share = createSingleFlight<Exchange & { reused?: true }>()

  const isHalfLeft = ({ iat, exp }: MetabaseSession): boolean => exp - now() / 1000 >= (exp - iat) / 2

  return {
    async exchange (claims, request, gone) {
      const visitor = sessionIdOf(request) ?? request.headers.authorization
      if (visitor === undefined) return await signIn.exchange(claims, { request, gone })
      const text = JSON.stringify(claims)
      return await share(`${visitor} ${text}`, gone, async gone => {
        if (cache === undefined) return await signIn.exchange(claims, { request, gone })
        // Keyed: neither claims nor secret can be read from it, and a change of either makes another one.
        const purpose = createHmac('sha256', (await keys.current()).secret).update(text).digest('base64url')
        const known = await find(cache, request, purpose)
        if (known !== undefined && isHalfLeft(known)) return { session: known, reused: true }
        return await signIn.exchange(claims, { request, gone, purpose })
      })
    }
  }

  async function find (cache: SessionMemory, request: FastifyRequest, purpose: string): Promise<MetabaseSession | undefined> {
    try {
      return await cache.find(request, purpose)
    } catch (err) {
      request.log.warn({ err }, 'the store could not tell whether there is a Metabase session already')
      return undefined
    }
  }
}
