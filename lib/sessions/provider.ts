import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { Claims } from '../claims.js'
import type { Cancellation } from '../metabase/deadline.js'
import { keptSessionIdOf } from '../host/session.js'
import type { Keys } from '../jwt/signing-keys.js'
import type { Exchange } from '../metabase/client.js'
import type { SessionCache } from './cache.js'
import type { SignIn } from '../sign-in.js'
import { createSingleFlight } from './single-flight.js'

/** Sign-ins that need not reach Metabase. */
export interface SessionReuse {
  /**
   * As `SignIn.exchange`, but all who ask at the same time, for the same claims in the same user session, share one
   * exchange; and a session from before is answered while at least half of its life is left, where the host wants that.
   * @param gone when the client has gone
   */
  exchange (claims: Claims, request: FastifyRequest, gone: Cancellation): Promise<Exchange & { reused?: true }>
}

/** @param cache absent when sessions from before are not to be used */
export function createSessionReuse (signIn: SignIn, keys: Keys, cache: SessionCache | undefined): SessionReuse {
  const share = createSingleFlight<Exchange & { reused?: true }>()

  async function exchangeOrReuse (cache: SessionCache, claims: Claims, request: FastifyRequest, gone: Cancellation): Promise<Exchange & { reused?: true }> {
    // Neither claims nor secret can be read from it, and a change of either makes another one.
    const { secret } = await keys.likely()
    const purpose = hash('sha256', JSON.stringify([secret.toString(), claims]))
    const inStore = <T>(work: Promise<T>) => work.catch(err => { request.log.warn({ err }, 'a Metabase session could not be kept or found for reuse') })
    const session = await inStore(cache.find(request, purpose))
    if (session !== undefined) return { session, reused: true }
    const exchange = await signIn.exchange(claims, request, gone)
    await inStore(cache.put(request, purpose, exchange.session))
    return exchange
  }

  return {
    exchange (claims, request, gone) {
      const visitor = keptSessionIdOf(request) ?? request.headers.authorization
      if (visitor === undefined) return signIn.exchange(claims, request, gone)
      return share(visitor, claims, gone, gone => cache === undefined
        ? signIn.exchange(claims, request, gone)
        : exchangeOrReuse(cache, claims, request, gone))
    }
  }
}
