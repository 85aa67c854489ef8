import type { Instance } from '../instance.js'
import { Refused } from '../failures/refusals.js'
import type { MetabaseUser } from '../types.js'
import { stringify } from './attributes.js'
import type { Claims } from './jwt.js'

/** Reads the tenant's slug from the claims, if these name one. */
export function tenantClaim ({ row, settings }: Instance, claims: Claims): string | null {
  if (!row.tenants) return null
  const claim = claims[settings.claimNames.tenant] ?? null
  if (claim === null || claim === '') return null
  if (typeof claim !== 'string' && !Number.isInteger(claim)) throw new Refused('tenant-not-a-string')
  return String(claim)
}

/**
 * Checks that the user may log in with this tenant.
 * The first login decides whether a user belongs to a tenant (metabase#78009).
 */
export function checkTenant ({ row, settings }: Instance, user: MetabaseUser | undefined, slug: string | null): void {
  const { tenants } = settings
  if (!row.tenants) return
  if (tenants === false) {
    // Also for users that were given a tenant while the feature was on.
    if (slug !== null || user?.tenant) throw new Refused('tenants-disabled')
    return
  }
  const idOf = (slug: string | null) => slug === null ? null : [...tenants.keys()].indexOf(slug) + 1 || null
  const named = { 'tenant-slug/tenant-id': idOf(slug), 'tenant-slug/slug': slug }
  if (user !== undefined && user.tenant !== slug) {
    const data = { 'user/tenant-id': idOf(user.tenant), 'user/tenant-slug': user.tenant, ...named }
    if (user.tenant === null) throw new Refused('tenant-on-internal-user', { data })
    throw new Refused(slug === null ? 'tenant-required' : 'tenant-mismatch', { data })
  }
  if (slug !== null && tenants.get(slug)?.active === false && !settings.userProvisioning) {
    throw new Refused('tenant-inactive', { data: { ...named, 'tenant-slug/is-active': false } })
  }
}

/**
 * Creates or reactivates the tenant and adds the attributes that it does not have yet: those it has win, so a
 * changed value never arrives. What is no object is ignored.
 */
export function saveTenant (metabase: Instance, slug: string | null, claims: Claims): void {
  const { tenants, claimNames } = metabase.settings
  if (tenants === false || slug === null) return
  const claim = claims[claimNames.tenantAttributes]
  const isMap = typeof claim === 'object' && claim !== null && !Array.isArray(claim)
  const known = tenants.get(slug)?.attributes
  tenants.set(slug, { active: true, attributes: { ...(isMap && stringify(metabase, claim)), ...known } })
}
