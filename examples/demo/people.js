/** Who can sign in to the host app. Real ones would be in a database, with passwords. */
export const people = [
  { email: 'ann.lee@example.com', firstName: 'Ann', lastName: 'Lee', teams: ['Sales'], region: 'North' },
  { email: 'bao.tran@example.com', firstName: 'Bao', lastName: 'Tran', teams: ['Support', 'Editors'], region: 'South' },
  { email: 'chidi.obi@example.com', firstName: 'Chidi', lastName: 'Obi', teams: ['Finance', 'Board'], region: 'West' }
]

/** What Metabase is told about a person: `region` becomes a user attribute, good for row-level security. */
export function personToClaims ({ email, firstName, lastName, teams, region }) {
  return { email, first_name: firstName, last_name: lastName, groups: teams, region }
}

/** The one dashboard that guests may see, and which part of it is theirs: its parameter `region` is locked. */
export function guestParams ({ region }, { entityType, entityId }) {
  return entityType === 'dashboard' && entityId === 1 && { region: [region] }
}
