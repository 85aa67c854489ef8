import { errorCodes } from '../errors.js'

/**
 * Where a browser is sent to be signed in to Metabase.
 * @param returnTo where Metabase sends it then
 * @throws METABASE_SSO_RETURN_TO_INVALID
 */
export function ssoUrl (instanceUrl: string, jwt: string, returnTo: string | undefined): URL {
  if (returnTo !== undefined) checkReturnTo(returnTo, instanceUrl)
  const url = new URL(`${instanceUrl}/auth/sso`)
  url.searchParams.set('jwt', jwt)
  if (returnTo !== undefined) url.searchParams.set('return_to', returnTo)
  return url
}

/**
 * Refuses a `return_to` that could lead off the Metabase instance. Stricter than Metabase itself, which
 * accepts what is relative or on the host of its site URL: here nothing is accepted that a browser and a
 * server could read differently.
 * @throws METABASE_SSO_RETURN_TO_INVALID
 */
export function checkReturnTo (returnTo: unknown, instanceUrl: string): asserts returnTo is string {
  if (typeof returnTo !== 'string' || !isOnInstance(returnTo, new URL(instanceUrl).origin)) {
    throw new errorCodes.METABASE_SSO_RETURN_TO_INVALID()
  }
}

function isOnInstance (returnTo: string, origin: string): boolean {
  // Browsers read \ as / and drop control characters, so both can hide a host. The rest, and a % that
  // encodes nothing, Metabase refuses as no URI (RFC 2396, 2.4.3).
  if (returnTo === '' || /[\\\s\p{Cc}"<>^`{|}]|%(?![0-9a-f]{2})/iu.test(returnTo)) return false
  const isRelative = !/^[a-z][a-z0-9+.-]*:/i.test(returnTo)
  if (isRelative) return !returnTo.startsWith('//')
  // An absolute URL must spell its host out: https:///host and user@host parse to surprising ones.
  if (!/^https?:\/\/[^/?#@]+([/?#]|$)/i.test(returnTo)) return false
  return URL.canParse(returnTo) && new URL(returnTo).origin === origin
}
