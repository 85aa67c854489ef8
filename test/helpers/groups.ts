import type { MetabaseStandIn } from '../../testing/index.js'

/** Switches group sync on, for groups that are called the same in the claim and in Metabase. */
export function syncGroups ({ groups, settings }: MetabaseStandIn, ...names: string[]): void {
  settings.groupSync = true
  for (const name of names) {
    groups.set(name, {})
    settings.groupMappings.set(name, [name])
  }
}
