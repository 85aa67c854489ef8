/** Who can sign in to the host apps. */
export const ann = {
  email: 'ann.lee@example.com', firstName: 'Ann', lastName: 'Lee', teams: ['Sales'], region: 'North'
}
export const bao = {
  email: 'bao.tran@example.com', firstName: 'Bao', lastName: 'Tran', teams: ['Support', 'Editors'], region: 'South'
}
export const people = [ann, bao]

export const findPerson = email => people.find(person => person.email === email)

/** `mapUserToClaims` of the host apps. */
export function toClaims ({ email, firstName, lastName, teams, region }) {
  return { email, first_name: firstName, last_name: lastName, groups: teams, region }
}
