import { randomUUID } from 'node:crypto'
import { userAttributes } from './attributes.js'
import type { Instance } from './instance.js'
import type { Claims } from './jwt.js'
import { Refused } from './refused.js'
import { checkTenant, tenantClaim } from './tenants.js'
import type { Generation, MetabaseSession, MetabaseUser } from './types.js'

/** The groups a claim names. A lone string is a group in newer versions and no group at all in older ones. */
function groupNames (claim: unknown, generation: Generation): string[] {
  if (Array.isArray(claim)) return claim.map(String)
  return typeof claim === 'string' && generation !== 'A' && generation !== 'B' ? [claim] : []
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
    id: metabase.users.size + 1, email, first_name: null, last_name: null, groups: [], attributes: {}, tenant, active: true
  }
  user.active = true
  user.attributes = userAttributes(claims, names)
  if (typeof claims[names.firstName] === 'string') user.first_name = String(claims[names.firstName])
  if (typeof claims[names.lastName] === 'string') user.last_name = String(claims[names.lastName])
  const groups = claims[names.groups] ?? undefined
  if (groups !== undefined) user.groups = groupNames(groups, metabase.generation)
  metabase.users.set(key, user)

  const session = { id: randomUUID(), email: user.email }
  metabase.sessions.set(session.id, session)
  metabase.logins += 1
  return session
}
