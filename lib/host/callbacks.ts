import type { FastifyRequest } from 'fastify'
import type { CheckClaims, CheckedClaims } from '../claims.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import { withTimeout, type MaybePromise } from '../timeout.js'
import type { Authorize, GetUser, HostRequest, UserToClaims } from './functions.js'
import { missingUser, sessionUser } from './session.js'

/** What a function of the host app threw, as an error. */
type Thrown = Error & { statusCode?: unknown }

/**
 * Calls a function of the host app: one that never settles must not let a request hang.
 * @param timeout milliseconds that a promise may take to settle
 * @param failed makes our error of what the function threw; our own errors pass as they are
 */
export function callHost<T> (
  call: () => MaybePromise<T>, timeout: number, failed: (cause: Thrown) => MetabaseSsoError
): MaybePromise<T> {
  const fail = (cause: unknown): never => {
    if (cause instanceof MetabaseSsoError) throw cause
    // A log shows errors alone.
    throw failed(cause instanceof Error ? cause : new Error(typeof cause === 'object' ? 'no error' : String(cause)))
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

/** The signed-in user of a request; of a visitor, the error that says why there is none. */
type UserOrVisitor = { user: unknown, visitor?: undefined } | { user: null, visitor: MetabaseSsoError }

/** Finds the signed-in user of a request. */
export async function findUser (
  getUser: GetUser<unknown>, request: FastifyRequest, timeout: number
): Promise<UserOrVisitor> {
  try {
    const user = await callHost(() => getUser(request as HostRequest), timeout, cause => {
      // Such as of `await request.jwtVerify()`: 401 for no token, 400 for a malformed one.
      const { statusCode: status } = cause
      return status === 401 || status === 400
        ? new errorCodes.METABASE_SSO_NOT_AUTHENTICATED(`\`getUser\` threw an error of status ${status}`, { cause })
        : new errorCodes.METABASE_SSO_GET_USER_FAILED({ cause })
    })
    if (user) return { user }
    const reason = getUser === sessionUser ? missingUser(request) : `\`getUser\` returned ${user === '' ? '""' : user}`
    return { user: null, visitor: new errorCodes.METABASE_SSO_NOT_AUTHENTICATED(reason) }
  } catch (error) {
    if (error instanceof errorCodes.METABASE_SSO_NOT_AUTHENTICATED) return { user: null, visitor: error }
    throw error
  }
}

/** The functions that give permissions, and what a no of each becomes. */
const REFUSALS = {
  authorize: 'METABASE_SSO_NOT_AUTHORIZED',
  allowAdministrators: 'METABASE_SSO_ADMINISTRATORS_REFUSED',
  'guest.authorize': 'METABASE_SSO_GUEST_NOT_AUTHORIZED'
} as const

/**
 * Asks the host app for a permission. A no is false, null, undefined, or an error of status 403 such as
 * `@fastify/sensible`'s.
 * @param option name of the option that holds the function
 * @returns what else the function returned
 */
export async function askPermission<T> (
  option: keyof typeof REFUSALS, ask: () => MaybePromise<T>, timeout: number
): Promise<NonNullable<T>> {
  const Refused = errorCodes[REFUSALS[option]]
  const answer = await callHost(ask, timeout, cause => cause.statusCode === 403
    ? new Refused({ cause })
    : new errorCodes.METABASE_SSO_AUTHORIZE_FAILED(option, 'failed', { cause }))
  if (answer === false || answer === null || answer === undefined) throw new Refused()
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

/** Maps a user to checked claims, once `authorize` has allowed the sign-in. */
export async function claimsOf (
  user: unknown, request: HostRequest | undefined, options: ClaimsOptions
): Promise<CheckedClaims> {
  const { authorize, mapUserToClaims, checkClaims, allowAdministrators, requireTenant, timeout } = options
  const requireYes = async (option: 'authorize' | 'allowAdministrators', ask: Authorize<unknown>): Promise<void> => {
    const answer: unknown = await askPermission(option, () => ask(user, request), timeout)
    if (answer === true) return
    throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED(option, 'returned neither true nor false')
  }
  if (authorize !== undefined) await requireYes('authorize', authorize)
  const failed = (cause: Error): MetabaseSsoError => new errorCodes.METABASE_SSO_MAPPER_FAILED({ cause })
  const mapped = await callHost(() => mapUserToClaims(user, request), timeout, failed)
  // Checked as in a call of the host's: a property that throws when it is read is the mapper's fault.
  const claims = await callHost(() => checkClaims(mapped), timeout, failed)
  if (requireTenant && !claims.hasTenant) throw new errorCodes.METABASE_SSO_CLAIM_TENANT_MISSING()
  if (claims.namesAdministrators && allowAdministrators !== true) {
    await requireYes('allowAdministrators', allowAdministrators === false ? () => false : allowAdministrators)
  }
  return claims
}
