import type { Instance } from '../instance.js'
import { Refused } from '../refusals.js'
import type { MetabaseUser } from '../types.js'
import type { Claims } from './jwt.js'

/** Reads the tenant's slug from the claims, if these name one. */
export function tenantClaim (metabase: Instance, claims: Claims): string | null {
  if (!metabase.row.tenants) return null
  const claim = claims[metabase.settings.claimNames.tenant] ?? null
  if (claim === null || claim === '') return null
  if (typeof claim !== 'string' && !Number.isInteger(claim)) throw new Refused('tenant-not-a-string')
  return String(claim)
}

/**
 * Checks that the user may log in with this tenant; creates or reactivates it where provisioning allows.
 * The first login decides for good whether a user belongs to a tenant (metabase#78009).
 */
export function checkTenant ({ settings }: Instance, user: MetabaseUser | undefined, slug: string | null): void {
  const { tenants } = settings
  if (tenants === false) {
    // Also for users that were given a tenant while the feature was on.
    if (slug !== null || user?.tenant) throw new Refused('tenants-disabled')
    return
  }
  if (user !== undefined && user.tenant !== slug) {
    if (user.tenant === null) throw new Refused('tenant-on-internal-user')
    throw new Refused(slug === null ? 'tenant-required' : 'tenant-mismatch')
  }
  if (slug === null) return
  if (tenants.get(slug)?.active === false && !settings.userProvisioning) throw new Refused('tenant-inactive')
  tenants.set(slug, { active: true })
}
