import type { Claims } from './jwt.js'
import type { ClaimNames } from './types.js'

/** Claims of the JWT standard; never user attributes. */
const registered = ['iss', 'iat', 'sub', 'aud', 'exp', 'nbf', 'jti']

/** The claims that Metabase keeps as user attributes. What has no plain text form is dropped without a word (metabase#61221). */
export function userAttributes (claims: Claims, names: ClaimNames): Record<string, string> {
  const taken = new Set([...registered, ...Object.values(names)])
  const kept = Object.entries(claims).filter(([key, value]) =>
    !taken.has(key) && !key.startsWith('@') && value !== null && typeof value !== 'object')
  return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]))
}
