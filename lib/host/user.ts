import { hash } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { ResolvedOptions } from '../options/schema.js'

/**
 * Who is signed in to the host app.
 * @throws METABASE_SSO_NOT_AUTHENTICATED, METABASE_SSO_GET_USER_FAILED
 */
export async function signedInUser (getUser: NonNullable<ResolvedOptions['getUser']>, request: FastifyRequest): Promise<unknown> {
  let user: unknown
  try {
    user = await getUser(request)
  } catch (cause) {
    // Such as `await request.jwtVerify()` of the host's own @fastify/jwt: 401 for no token, 400 for a malformed one.
    if (cause instanceof MetabaseSsoError) throw cause
    const isVisitors = cause instanceof Error && 'statusCode' in cause && (cause.statusCode === 401 || cause.statusCode === 400)
    throw new errorCodes[isVisitors ? 'METABASE_SSO_NOT_AUTHENTICATED' : 'METABASE_SSO_GET_USER_FAILED']({ cause })
  }
  if (user === undefined || user === null) throw new errorCodes.METABASE_SSO_NOT_AUTHENTICATED()
  return user
}

/** Tells the lines of one user from those of others without naming them. Not anonymous: whoever has the addresses can hash them, too. */
export function pseudonym (email: string): string {
  return hash('sha256', email.toLowerCase()).slice(0, 12)
}
