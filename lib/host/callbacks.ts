import type { FastifyRequest } from 'fastify'
import type { CheckClaims, CheckedClaims } from '../claims.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import { withTimeout, type MaybePromise } from '../timeout.js'
import type { Authorize, GetUser, UserToClaims } from './functions.js'

/**
 * Calls a function of the host app: one that never settles must not let a request hang.
 * @param timeout milliseconds that a promise may take to settle
 * @param failed makes our error of what the function threw; our own errors pass as they are
 */
export function callHost<T> (
  call: () => MaybePromise<T>, timeout: number, failed: (cause: unknown) => MetabaseSsoError
): MaybePromise<T> {
  const fail = (cause: unknown): never => {
    if (cause instanceof MetabaseSsoError) throw cause
    throw failed(cause instanceof Error ? cause : new Error(String(cause))) // a log shows errors alone
  }
  try {
    const result = call()
    if (!isPromise(result)) return result
    return withTimeout(timeout, result, () => new Error(`no answer in ${timeout} ms`)).catch(fail)
  } catch (cause) {
    return fail(cause)
  }
}

/** Also of a thenable: clients of databases return such. */
const isPromise = <T>(value: MaybePromise<T>): value is Promise<T> =>
  typeof (value as { then?: unknown } | null | undefined)?.then === 'function'

const statusOf = (error: unknown): unknown =>
  error instanceof Error && 'statusCode' in error ? error.statusCode : undefined

/**
 * Returns the signed-in user of a request.
 * @throws METABASE_SSO_NOT_AUTHENTICATED, METABASE_SSO_GET_USER_FAILED
 */
export async function signedInUser (
  getUser: GetUser<unknown>, request: FastifyRequest, timeout: number
): Promise<unknown> {
  const user = await callHost(() => getUser(request), timeout, cause => {
    // Such as of `await request.jwtVerify()`: 401 for no token, 400 for a malformed one.
    const isVisitor = statusOf(cause) === 401 || statusOf(cause) === 400
    return new errorCodes[isVisitor ? 'METABASE_SSO_NOT_AUTHENTICATED' : 'METABASE_SSO_GET_USER_FAILED']({ cause })
  })
  if (user === undefined || user === null) throw new errorCodes.METABASE_SSO_NOT_AUTHENTICATED()
  return user
}

type Refusal =
  'METABASE_SSO_NOT_AUTHORIZED' | 'METABASE_SSO_GUEST_NOT_AUTHORIZED' | 'METABASE_SSO_ADMINISTRATORS_REFUSED'

/**
 * Asks the host app for a permission.
 * @param refusal what a no becomes: false, null, undefined, or an error of status 403 such as `@fastify/sensible`'s
 * @returns what else the function returned
 * @throws the refusal, METABASE_SSO_AUTHORIZE_FAILED
 */
export async function askPermission<T> (
  authorize: () => MaybePromise<T>, timeout: number, refusal: Refusal
): Promise<NonNullable<T>> {
  const answer = await callHost(authorize, timeout, cause =>
    new errorCodes[statusOf(cause) === 403 ? refusal : 'METABASE_SSO_AUTHORIZE_FAILED']({ cause }))
  if (answer === false || answer === null || answer === undefined) throw new errorCodes[refusal]()
  return answer
}

interface ClaimsOptions {
  authorize?: Authorize<unknown> | undefined
  mapUserToClaims: UserToClaims<unknown>
  checkClaims: CheckClaims
  allowAdministrators: boolean | Authorize<unknown>
  requireTenant: boolean
  timeout: number
}

/**
 * Returns the claims of a user who may sign in.
 * @throws METABASE_SSO_NOT_AUTHORIZED, METABASE_SSO_AUTHORIZE_FAILED, METABASE_SSO_MAPPER_FAILED, METABASE_SSO_CLAIM…,
 *   METABASE_SSO_ADMINISTRATORS_REFUSED
 */
export async function claimsOf (
  user: unknown, request: FastifyRequest | undefined, options: ClaimsOptions
): Promise<CheckedClaims> {
  const { authorize, mapUserToClaims, checkClaims, allowAdministrators, requireTenant, timeout } = options
  const isPermitted = async (ask: Authorize<unknown>, refusal: Refusal): Promise<void> => {
    const answer: unknown = await askPermission(() => ask(user, request), timeout, refusal)
    if (answer !== true) throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED()
  }
  if (authorize !== undefined) await isPermitted(authorize, 'METABASE_SSO_NOT_AUTHORIZED')
  const failed = (cause: unknown): MetabaseSsoError => new errorCodes.METABASE_SSO_MAPPER_FAILED({ cause })
  const mapped = await callHost(() => mapUserToClaims(user, request), timeout, failed)
  // Checked as in a call of the host's: a property that throws when it is read is the mapper's fault.
  const claims = await callHost(() => checkClaims(mapped), timeout, failed)
  if (requireTenant && !claims.hasTenant) throw new errorCodes.METABASE_SSO_CLAIM_TENANT_MISSING()
  if (claims.namesAdministrators && allowAdministrators !== true) {
    const ask = allowAdministrators === false ? () => false : allowAdministrators
    await isPermitted(ask, 'METABASE_SSO_ADMINISTRATORS_REFUSED')
  }
  return claims
}
