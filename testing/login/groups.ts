import type { Instance } from '../instance.js'
import { Refused } from '../failures/refusals.js'
import type { MetabaseUser } from '../types.js'
import type { Claims } from './jwt.js'

/** Reads the group names of a claim. Older versions take a lone string for a list of its characters. */
function namesIn ({ row }: Instance, claim: unknown): string[] {
  if (Array.isArray(claim)) return claim.map(String)
  if (typeof claim !== 'string') return []
  return row.loneGroup === 'one' ? [claim] : [...claim]
}

/** Finds the groups that a user has after the claim is synced: by mapping, else by name. */
function syncedGroups (metabase: Instance, current: readonly string[], claim: unknown): readonly string[] {
  const { groups, row, settings: { groupMappings } } = metabase
  const names = namesIn(metabase, claim)
  const existing = (wanted: string[]) => [...new Set(wanted)].filter(name => groups.has(name))
  if (groupMappings.size === 0) return row.groupsByName ? existing(names) : current
  const mapped = [...groupMappings.values()].flat()
  const others = current.filter(name => !mapped.includes(name))
  return existing([...others, ...names.flatMap(name => groupMappings.get(name) ?? [])])
}

/**
 * Finds the groups of a user after a login. Without a claim, and unless sync is on, these are the current ones.
 * Refuses a new group of the wrong kind: a tenant's user belongs to tenant groups alone, and no other user does.
 */
export function groupsAfterLogin (metabase: Instance, user: MetabaseUser, claims: Claims): string[] {
  const { groups, row, settings } = metabase
  const claim = claims[settings.claimNames.groups] ?? undefined
  if (!settings.groupSync || claim === undefined) return user.groups
  const isWrong = (name: string) =>
    !user.groups.includes(name) && Boolean(groups.get(name)?.tenant) !== (user.tenant !== null)
  const wanted = syncedGroups(metabase, user.groups, claim)
  const wrong = wanted.filter(isWrong)
  if (wrong.length > 0 && row.tenantGroups === 'refused') {
    throw new Refused('tenant-group-mismatch', { data: { 'bad-user-group-pairs': wrong.map(name => [user.id, name]) } })
  }
  return wanted.filter(name => !wrong.includes(name))
}
