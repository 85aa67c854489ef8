import { errorCodes } from './errors.js'
import { isPlainObject, isScalar, type Scalar } from './values.js'

/**
 * What Metabase is told about a user, by Metabase's default names. `claimNames` renames them for an instance whose
 * admin has renamed attributes. Any other key becomes a user attribute.
 * @example const claims: Claims = { email: 'ann@example.com', groups: ['Sales'], region: 'EU' }
 */
export interface Claims {
  /** The account is found by it, without regard to case: only a verified address proves whose account it is. */
  email: string
  /** The first name. Null and undefined: the user has none. */
  first_name?: string | null | undefined
  /** The last name. Null and undefined: the user has none. */
  last_name?: string | null | undefined
  /**
   * Names of groups. They count only where "Synchronize group memberships" is on in Metabase (default: off). With
   * group mappings, only mapped groups are touched: absent leaves memberships alone, `[]` removes from all mapped ones.
   * Without mappings (v56 and later) names are matched exactly and this is the complete list: any other group is left,
   * Administrators included.
   */
  groups?: readonly string[] | undefined
  /** Slug of the user's tenant. A first login without it makes the user internal (metabase#78009). */
  '@tenant'?: string | number | undefined
  /** Attributes of the tenant. Metabase adds new ones, and never changes a value that it has. */
  '@tenant.attributes'?: Readonly<Record<string, Scalar>> | undefined
  /**
   * User attributes. Arrays are joined by commas, as the newest Metabase does; null and undefined count as absent.
   * From v56 on, a value that an admin set by hand on the user wins.
   */
  [attribute: string]: Scalar | readonly Scalar[] | Readonly<Record<string, Scalar>> | null | undefined
}

/**
 * Names of the claims in an instance whose admin has renamed attributes.
 * @example const claimNames: ClaimNames = { email: 'mail', tenant: 'organisation' }
 */
export interface ClaimNames {
  /** Instead of `email`. */
  email?: string | undefined
  /** Instead of `first_name`. */
  first_name?: string | undefined
  /** Instead of `last_name`. */
  last_name?: string | undefined
  /** Instead of `groups`. */
  groups?: string | undefined
  /** Instead of `@tenant`. */
  tenant?: string | undefined
  /** Instead of `@tenant.attributes`. */
  tenantAttributes?: string | undefined
}

/** Claims as they go over the wire, and the e-mail among them. */
export interface CheckedClaims {
  email: string
  hasTenant: boolean
  /** Whether the groups name Metabase's administrators. */
  namesAdministrators: boolean
  payload: Readonly<Record<string, unknown>>
}

/** Claims of the JWT standard (RFC 7519, 4.1), which never become user attributes. */
export const REGISTERED: ReadonlySet<string> = new Set(['iss', 'sub', 'aud', 'jti', 'iat', 'exp', 'nbf'])

const invalid = (problem: string): Error => new errorCodes.METABASE_SSO_CLAIMS_INVALID(problem)

/** Says what came where an object was expected. A value itself is never quoted. */
function kindOf (value: unknown): string {
  if (value === undefined || value === null) return String(value)
  if (typeof value !== 'object') return `a ${typeof value}`
  if (Array.isArray(value)) return 'an array'
  return 'an instance of a class'
}

const RENAMED = 'is the new name of another one: the mapper keeps the standard names, which `claimNames` renames'

/** Reads the spellings that user objects commonly have. The mapper of an app that gives none. */
export function defaultMapUserToClaims (user: unknown): Claims {
  if (typeof user !== 'object' || user === null) {
    throw invalid(`the user is ${kindOf(user)} instead of an object, and there is no \`mapUserToClaims\``)
  }
  const fields = user as Record<string, unknown>
  return { // checked like any mapper's result
    email: fields.email,
    first_name: fields.firstName ?? fields.first_name,
    last_name: fields.lastName ?? fields.last_name,
    groups: fields.groups ?? (fields.group == null ? undefined : [fields.group])
  } as Claims
}

/** Returns the names of the standard claims on the wire, by the names that a mapper returns. */
export function wireNames (names: ClaimNames = {}) {
  const {
    email = 'email', first_name: firstName = 'first_name', last_name: lastName = 'last_name', groups = 'groups',
    tenant = '@tenant', tenantAttributes = '@tenant.attributes'
  } = names
  return {
    email, first_name: firstName, last_name: lastName, groups, '@tenant': tenant, '@tenant.attributes': tenantAttributes
  }
}

/** Checks a mapper's result, and writes it as it goes over the wire. */
export type CheckClaims = (result: unknown) => CheckedClaims

/** Names of claims that the log has warned of: once a process, as registrations often share a mapper. */
const warned = new Set<string>()

/**
 * @param claimNames none for Metabase's defaults
 * @param log for a name that is probably a mistake
 */
export function createClaimsCheck (claimNames: ClaimNames, log?: { warn (message: string): void }): CheckClaims {
  const wire = new Map(Object.entries(wireNames(claimNames)).filter(([name, wireName]) => name !== wireName))
  const taken = new Set(wire.values())

  return result => {
    if (!isPlainObject(result)) throw invalid(`they are ${kindOf(result)} instead of a plain object with "email"`)
    const payload: Record<string, unknown> = {}
    const standard: Record<string, unknown> = {}
    for (const [name, value] of Object.entries(result)) {
      // A standard name that is a wire name, too, is renamed itself: an admin may have swapped two.
      if (taken.has(name) && !wire.has(name)) throw invalid(`"${name}" ${RENAMED}`)
      const checked = checkClaim(name, value)
      if (checked === undefined) continue
      standard[name] = checked
      payload[wire.get(name) ?? name] = checked
    }
    const misspelt = Object.keys(standard).find(name => isMisspelt(name, standard))
    if (log !== undefined && misspelt !== undefined && !warned.has(misspelt)) {
      const meant = nameOf(misspelt)
      log.warn(`the claim "${misspelt}" is an attribute for Metabase, and no name: did you mean "${meant}"?`)
      warned.add(misspelt)
    }
    const { email, groups = [], '@tenant': tenant } = standard
    if (email === undefined) throw invalid(`"email" is missing; ${listed(Object.keys(standard))}`)
    if (!isEmail(email)) throw invalid('"email" is no e-mail address')
    const namesAdministrators = (groups as string[]).some(isAdministrators)
    return { email, hasTenant: tenant !== undefined, namesAdministrators, payload }
  }
}

/** Claims that a message names. */
const MAX_LISTED = 5

/** Says which claims there are. A name is cut: it may come from anywhere. */
function listed (names: readonly string[]): string {
  const others = names.filter(name => name !== 'email')
  if (others.length === 0) return 'there is no other claim'
  const shown = others.slice(0, MAX_LISTED).map(name => JSON.stringify(name.slice(0, 40))).join(', ')
  return `there are ${shown}${others.length > MAX_LISTED ? ' and more' : ''}`
}

const nameOf = (claim: string): string => /first/i.test(claim) ? 'first_name' : 'last_name'

/** Whether a claim looks like a name that the claims lack, such as `firstName`. As an attribute it would be legal. */
const isMisspelt = (claim: string, claims: Record<string, unknown>): boolean =>
  /^(first|last)[-_ ]?name$/i.test(claim) && claims[nameOf(claim)] === undefined

/**
 * Refuses, before anything is signed, what Metabase would drop or misread without a word.
 * @returns a copy, as it is signed: what was checked is what is sent. Undefined for what JSON is to leave out
 */
function checkClaim (name: string, value: unknown): unknown {
  if (value === undefined) return undefined
  switch (name) {
    case 'iat':
    case 'exp':
    case 'nbf':
      throw invalid(`"${name}" is set by the plugin: \`tokenLifetime\` says how long the JWT lives`)
    case 'email': // its form is checked at the end: it may be absent
    case 'first_name':
    case 'last_name':
      if (value === null) return undefined // as Metabase drops it
      if (typeof value !== 'string') throw invalid(`"${name}" is not a string`)
      return value
    case 'groups':
      return checkStrings(value, '"groups" is not an array of strings; left out, it keeps memberships as they are')
    case '@tenant':
      if (!(typeof value === 'string' ? value.trim() !== '' : Number.isSafeInteger(value))) {
        throw invalid('"@tenant" is neither a string with text in it nor an integer')
      }
      return value
    case '@tenant.attributes':
      return checkTenantAttributes(value)
    default:
      if (name.startsWith('@') || name === '__proto__') throw invalid(`"${name}" is reserved`)
      // Several audiences stay an array (RFC 7519, 4.1.3): joined, they would be another one.
      if (name === 'aud' && Array.isArray(value)) return checkStrings(value, '"aud" holds something else than strings')
      return checkAttribute(name, value)
  }
}

function checkTenantAttributes (value: unknown): Record<string, unknown> {
  const attributes = isPlainObject(value) ? { ...value } : undefined
  if (attributes !== undefined && Object.values(attributes).every(isScalar)) return attributes
  throw invalid('"@tenant.attributes" is not an object of strings, finite numbers and booleans')
}

function checkStrings (value: unknown, problem: string): string[] {
  // With the holes of a sparse array, which JSON would write as null.
  const copy: unknown[] | undefined = Array.isArray(value) ? Array.from(value) : undefined
  if (copy?.every(item => typeof item === 'string')) return copy
  throw invalid(problem)
}

function checkAttribute (name: string, value: unknown): Scalar | undefined {
  if (value === null) return undefined // as Metabase drops it
  if (isScalar(value)) return value
  if (!Array.isArray(value)) throw invalid(`"${name}" is neither a string, a finite number, a boolean nor an array of these`)
  const items: unknown[] = Array.from(value) // with the holes of a sparse array
  const problem = problemOf(items)
  if (problem !== undefined) throw invalid(`"${name}" ${problem}`)
  return items.join(',')
}

function problemOf (items: unknown[]): string | undefined {
  if (items.length === 0) return 'is an empty array, and an empty attribute is no filter to rely on'
  if (!items.every(isScalar)) return 'holds something else than strings, finite numbers and booleans'
  if (items.includes('')) return 'holds an empty item'
  if (items.some(item => String(item).includes(','))) return 'holds an item with a comma, by which items are joined'
  return undefined
}

/** Letters that databases read in the marks from U+0363 on, which are written above others. */
const SMALL_LETTERS = 'aeioucdhmrtvx'

/**
 * Whether MySQL or MariaDB may take a name for Metabase's administrators: its collation (`utf8mb4_unicode_ci`) ignores
 * case, accents, width, and characters that mean nothing to it.
 */
const isAdministrators = (group: string): boolean =>
  (/^[\x21-\x7e]*$/.test(group) ? group : readLoosely(group)).toLowerCase() === 'administrators'

const readLoosely = (group: string): string => group
  .normalize('NFKD')
  .replace(/[\u0363-\u036f]/g, mark => SMALL_LETTERS.charAt(mark.charCodeAt(0) - 0x363))
  .replace(/[^\x21-\x7e]/g, '')

// Loose on purpose: the host app has verified the address, and Metabase checks it again. But ASCII alone: Metabase
// knows no other addresses, and looks one up in lower case, in which U+212A (the sign of kelvin) is the letter k.
function isEmail (value: unknown): value is string {
  const isAddress = /^[\x21-\x3f\x41-\x7e]+@[\x21-\x3f\x41-\x7e]+$/
  return typeof value === 'string' && value.length <= 254 && isAddress.test(value)
}
