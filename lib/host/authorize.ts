import { errorCodes, MetabaseSsoError } from '../errors.js'

type Refusal = 'METABASE_SSO_NOT_AUTHORIZED' | 'METABASE_SSO_GUEST_NOT_AUTHORIZED'

/**
 * Asks a function of the host that says who may do what.
 * @param refusal what a no becomes: false, null, undefined, or an error of status 403 such as `@fastify/sensible`'s `forbidden()`
 * @param accept checks what else the function returned
 * @throws the refusal, what `accept` throws, METABASE_SSO_AUTHORIZE_FAILED
 */
export async function askHost<T> (authorize: () => unknown, refusal: Refusal, accept: (answer: unknown) => T): Promise<T> {
  try {
    const answer = await authorize()
    if (answer !== false && answer !== null && answer !== undefined) return accept(answer)
  } catch (cause) {
    if (cause instanceof MetabaseSsoError) throw cause
    const isRefusal = cause instanceof Error && 'statusCode' in cause && cause.statusCode === 403
    throw new errorCodes[isRefusal ? refusal : 'METABASE_SSO_AUTHORIZE_FAILED']({ cause })
  }
  throw new errorCodes[refusal]()
}
