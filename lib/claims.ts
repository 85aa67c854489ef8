import { errorCodes } from './errors.js'
import { isPlainObject, isScalar, type Scalar } from './values.js'

/**
 * What Metabase is told about a user, by Metabase's default names. An admin can rename the e-mail and name claims in
 * Metabase, and any other key becomes a user attribute there.
 */
export interface Claims {
  /** The account is found by it, without regard to case. */
  email?: string
  first_name?: string
  last_name?: string
  /** Names of groups. Absent: memberships stay as they are. `[]`: removed from every mapped group. */
  groups?: readonly string[]
  /** Slug of the user's tenant. A first login without it makes the user internal (metabase#78009). */
  '@tenant'?: string | number
  /** Attributes of the tenant. */
  '@tenant.attributes'?: Readonly<Record<string, Scalar>>
  /** User attributes: strings, finite numbers, booleans. */
  [attribute: string]: Scalar | readonly string[] | Readonly<Record<string, Scalar>> | undefined
}

/** Reads the spellings that user objects commonly have. The mapper of an app that gives none. */
export function defaultMapUserToClaims (user: unknown): Claims {
  if (typeof user !== 'object' || user === null) throw new errorCodes.METABASE_SSO_CLAIMS_NOT_OBJECT()
  const { email, firstName, lastName, group, groups, ...other } = user as Record<string, unknown>
  return { // checked like any mapper's result; databases write null for a name that is not there
    email,
    first_name: firstName ?? other.first_name ?? undefined,
    last_name: lastName ?? other.last_name ?? undefined,
    groups: groups ?? (group == null ? undefined : [group])
  } as Claims
}

/** The e-mail among the claims, also where an admin of Metabase renamed its claim. */
export function emailOf (claims: Readonly<Record<string, unknown>>): string | undefined {
  if (claims.email !== undefined) return isEmail(claims.email) ? claims.email : undefined
  const { iss, sub, aud, jti, ...others } = claims
  return Object.values(others).find(isEmail)
}

/**
 * Refuses, before anything is signed, what Metabase would drop or misread without a word.
 * @returns a copy: what was checked is what is signed
 * @throws METABASE_SSO_CLAIMS_NOT_OBJECT or a METABASE_SSO_CLAIM_… error
 */
export function checkClaims (result: unknown): Claims {
  if (!isPlainObject(result)) throw new errorCodes.METABASE_SSO_CLAIMS_NOT_OBJECT()
  const claims = { ...result }
  for (const [name, value] of Object.entries(claims)) {
    if (value === undefined) continue // JSON leaves it out, as its author expects
    claims[name] = copyOf(value)
    checkClaim(name, claims[name])
  }
  if (emailOf(claims) === undefined) throw new errorCodes.METABASE_SSO_CLAIM_EMAIL_INVALID()
  return claims as Claims
}

/** What claims may hold is no deeper. */
function copyOf (value: unknown): unknown {
  if (Array.isArray(value)) return [...value]
  return isPlainObject(value) ? { ...value } : value
}

function checkClaim (name: string, value: unknown): void {
  switch (name) {
    case 'iat':
    case 'exp':
    case 'nbf':
      throw new errorCodes.METABASE_SSO_CLAIM_TIME_SET(name)
    case 'email': // checked at the end: it may go by another name
      return
    case 'first_name':
    case 'last_name':
      if (typeof value !== 'string') throw new errorCodes.METABASE_SSO_CLAIM_NAME_INVALID(name)
      return
    case 'groups':
      if (!isStrings(value)) throw new errorCodes.METABASE_SSO_CLAIM_GROUPS_INVALID()
      return
    case '@tenant':
      if (value === '' || !(typeof value === 'string' || Number.isSafeInteger(value))) {
        throw new errorCodes.METABASE_SSO_CLAIM_TENANT_INVALID(name)
      }
      return
    case '@tenant.attributes':
      if (!isPlainObject(value) || !Object.values(value).every(isScalar)) {
        throw new errorCodes.METABASE_SSO_CLAIM_TENANT_INVALID(name)
      }
      return
    default:
      if (name.startsWith('@')) throw new errorCodes.METABASE_SSO_CLAIM_RESERVED(name)
      if (name === 'aud' && isStrings(value)) return // RFC 7519, 4.1.3
      if (!isScalar(value) || (name === 'aud' && typeof value !== 'string')) {
        throw new errorCodes.METABASE_SSO_CLAIM_ATTRIBUTE_INVALID(name)
      }
  }
}

// Not every(): it passes over the holes of a sparse array, which JSON writes as null.
function isStrings (value: unknown): boolean {
  return Array.isArray(value) && value.findIndex(item => typeof item !== 'string') === -1
}

// Deliberately loose: Metabase, and the app that has the user's e-mail already, are the judges.
function isEmail (value: unknown): value is string {
  return typeof value === 'string' && value.length <= 254 && /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(value)
}
