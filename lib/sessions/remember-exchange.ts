import type { FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import type { Exchange, Metabase } from '../metabase/client.js'
import { NO_LOGOUT, type SessionMemory } from './registry.js'

/**
 * Does an exchange and remembers the Metabase session, so that it ends when the user signs out, even if that happens
 * while the exchange is under way: the logout first says so and then looks what to end, so either it finds the
 * session or we see that it was there. A store that fails keeps nobody from signing in.
 * @throws METABASE_SSO_NOT_AUTHENTICATED when the user has signed out meanwhile, or the session has got another id
 */
export async function rememberExchange (memory: SessionMemory, request: FastifyRequest, metabase: Metabase, exchange: () => Promise<Exchange>): Promise<Exchange> {
  const inStore = async <T>(work: Promise<T>): Promise<T | undefined> => await work.catch(err => {
    request.log.warn({ err }, 'a Metabase session could not be remembered: signing out may not end it')
    return undefined
  })

  const logoutBefore = await inStore(memory.lastLogout(request))
  const result = await exchange()
  if (logoutBefore === undefined) return result
  await inStore(memory.remember(request, result.session.id))
  const logoutNow = await inStore(memory.lastLogout(request))
  if (logoutNow === undefined || logoutNow === NO_LOGOUT || logoutNow === logoutBefore) return result // what is gone now has run out: it outlives any exchange

  await metabase.revoke(result.session.id)
    .catch(err => request.log.warn({ err }, 'the Metabase session of a user who has signed out meanwhile could not be ended'))
  throw new errorCodes.METABASE_SSO_NOT_AUTHENTICATED()
}
