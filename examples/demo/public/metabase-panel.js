import { choice } from './choice.js'
import { byId, el } from './dom.js'
import { demo } from './host-app.js'

/**
 * Which Metabase it is and, where it is the stand-in, how it can be changed.
 * @param {object} state
 * @param {{ askAll: () => Promise<void>, signOut: () => Promise<void> }} actions
 */
export function showMetabase ({ instanceUrl, standIn, signedIn }, { askAll, signOut }) {
  byId('instance').replaceChildren(...standIn
    ? ['A stand-in at ', el('code', null, instanceUrl), ', on this machine alone. Change it as you like.']
    : ['Your own, at ', el('code', null, instanceUrl), '. Its version and settings are changed over there, so there is nothing to switch here. If it provisions users, the sample people get accounts.'])
  if (!standIn) return

  const { versions, faults, positions } = standIn
  byId('versions').append(...versions.map(({ id, label }) =>
    choice({ type: 'radio', name: 'version', label, checked: positions.version === id, onchange: () => flip({ version: id }) })))

  const visitor = toggle({
    label: 'Nobody is signed in',
    hint: 'Signs you out of the app. Off again, you are signed in as the person chosen.',
    checked: signedIn === null,
    onchange: ({ target }) => target.checked ? signOut() : signIn()
  })
  byId('faults').append(visitor, ...faults.map(({ id, label, hint }) =>
    toggle({ label, hint, checked: positions[id], onchange: ({ target }) => flip({ [id]: target.checked }) })))
  const switches = [...byId('faults').querySelectorAll('input')]

  byId('normal').addEventListener('click', async () => {
    const [{ checked: isVisitor }] = switches
    for (const input of switches) input.checked = false
    await demo('switches', Object.fromEntries(faults.map(({ id }) => [id, false])))
    await (isVisitor ? signIn() : askAll())
  })

  async function flip (changes) {
    await demo('switches', changes)
    await askAll()
  }

  byId('stand-in').hidden = false
}

const toggle = properties => choice({ type: 'checkbox', role: 'switch', ...properties })
const signIn = () => byId('login').requestSubmit()
