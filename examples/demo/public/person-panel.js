import { choice } from './choice.js'
import { byId, el } from './dom.js'

/** Who can sign in, and who has. */
export function showPerson ({ people, signedIn }) {
  const current = people.find(({ email }) => email === signedIn)
  byId('signed-in').replaceChildren(...current
    ? ['You are signed in as ', el('strong', null, nameOf(current)), '.']
    : ['You are not signed in.'])
  byId('logout').hidden = current === undefined
  byId('login').querySelector('.primary').textContent = current ? 'Switch' : 'Sign in'
  if (byId('people').children.length > 0) return
  byId('people').append(...people.map((person, index) => choice({
    type: 'radio',
    name: 'email',
    value: person.email,
    checked: person === (current ?? people[0]),
    label: nameOf(person),
    hint: person.teams.join(', ')
  })))
}

const nameOf = ({ firstName, lastName }) => `${firstName} ${lastName}`
