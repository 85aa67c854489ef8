import type { Instance } from '../instance.js'
import type { Attributes } from '../settings.js'
import type { MetabaseUser } from '../types.js'
import type { Claims } from './jwt.js'

/** Claims of the JWT standard; never user attributes. */
const registered = ['iss', 'iat', 'sub', 'aud', 'exp', 'nbf', 'jti']

/**
 * Keeps what has a plain text form, as that text. Metabase drops the rest with a warning in its log
 * (metabase#61221), and each key that begins with `@`.
 */
export function stringify ({ row }: Instance, values: object): Attributes {
  const kept: Attributes = {}
  for (const [key, value] of Object.entries(values)) {
    const isArray = Array.isArray(value) && row.arrays === 'joined'
    if (key.startsWith('@') || value === null || (typeof value === 'object' && !isArray)) continue
    kept[key] = String(value)
  }
  return kept
}

/** Picks the claims that Metabase keeps as user attributes. */
export function userAttributes (metabase: Instance, claims: Claims): Attributes {
  const taken = new Set<string>([...registered, ...Object.values({ ...metabase.settings.claimNames })])
  return stringify(metabase, Object.fromEntries(Object.entries(claims).filter(([key]) => !taken.has(key))))
}

/** Merges a user's attributes as a query sees them: those set by hand win. */
export function attributesInForce ({ attributes, loginAttributes }: MetabaseUser): Attributes {
  return { ...attributes, ...loginAttributes }
}
