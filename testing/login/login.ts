import { randomUUID } from 'node:crypto'
import type { Instance } from '../instance.js'
import { Refused } from '../refusals.js'
import type { ClaimNames } from '../settings.js'
import type { MetabaseSession, MetabaseUser } from '../types.js'
import type { Claims } from './jwt.js'
import { checkTenant, tenantClaim } from './tenants.js'

/** Claims of the JWT standard; never user attributes. */
const registered = ['iss', 'iat', 'sub', 'aud', 'exp', 'nbf', 'jti']

/**
 * Picks the claims that Metabase keeps as user attributes. What has no plain text form is dropped
 * without a word (metabase#61221).
 */
function userAttributes (claims: Claims, names: ClaimNames): Record<string, string> {
  const taken = new Set([...registered, ...Object.values(names)])
  const kept = Object.entries(claims).filter(([key, value]) =>
    !taken.has(key) && !key.startsWith('@') && value !== null && typeof value !== 'object')
  return Object.fromEntries(kept.map(([key, value]) => [key, String(value)]))
}

/** Reads the groups that a claim names. A lone string is a group in newer versions and no group in older ones. */
function groupNames ({ row }: Instance, claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.map(String)
  return typeof claim === 'string' && row.loneGroup ? [claim] : []
}

/** Logs in the user that the claims describe, as Metabase does once a JWT is found valid. */
export function logIn (metabase: Instance, claims: Claims): MetabaseSession {
  const { claimNames: names, userProvisioning } = metabase.settings
  const tenant = tenantClaim(metabase, claims)
  const email = claims[names.email]
  if (typeof email !== 'string' || email === '') throw new Refused('missing-email')

  const key = email.toLowerCase()
  const known = metabase.users.get(key)
  if (!known?.active && !userProvisioning) throw new Refused('account-needed')
  checkTenant(metabase, known, tenant)

  const user: MetabaseUser = known ?? {
    id: metabase.users.size + 1,
    email,
    first_name: null,
    last_name: null,
    groups: [],
    attributes: {},
    tenant,
    active: true
  }
  user.active = true
  user.attributes = userAttributes(claims, names)
  if (typeof claims[names.firstName] === 'string') user.first_name = String(claims[names.firstName])
  if (typeof claims[names.lastName] === 'string') user.last_name = String(claims[names.lastName])
  const groups = claims[names.groups] ?? undefined
  if (groups !== undefined) user.groups = groupNames(metabase, groups)
  metabase.users.set(key, user)

  const session = { id: randomUUID(), email: user.email }
  metabase.sessions.set(session.id, session)
  metabase.logins += 1
  return session
}
