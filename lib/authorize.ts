import { errorCodes } from './errors.js'

type Refusal = 'METABASE_SSO_NOT_AUTHORIZED' | 'METABASE_SSO_GUEST_NOT_AUTHORIZED'

/**
 * Asks a function of the host that says who may do what.
 * @param refusal what a no becomes: false, null, undefined, or an error of status 403 such as `@fastify/sensible`'s `forbidden()`
 * @returns what else the function returned
 * @throws the refusal, METABASE_SSO_AUTHORIZE_FAILED
 */
export async function askHost (authorize: () => unknown, refusal: Refusal): Promise<unknown> {
  let answer: unknown
  try {
    answer = await authorize()
  } catch (cause) {
    const isRefusal = cause instanceof Error && 'statusCode' in cause && cause.statusCode === 403
    throw new errorCodes[isRefusal ? refusal : 'METABASE_SSO_AUTHORIZE_FAILED']({ cause })
  }
  if (answer === false || answer === null || answer === undefined) throw new errorCodes[refusal]()
  return answer
}
