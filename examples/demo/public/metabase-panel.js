import { choice } from './choice.js'
import { byId, el } from './dom.js'
import { demo } from './host-app.js'

/**
 * Which Metabase it is and, where it is the stand-in, how it can be changed.
 * @param {object} state
 * @param {() => Promise<void>} askAll
 */
export function showMetabase (state, askAll) {
  const { instanceUrl, standIn } = state
  byId('instance').replaceChildren(...standIn
    ? ['A stand-in on this machine: ', el('code', null, instanceUrl)]
    : [
        'Your own, at ',
        el('code', null, instanceUrl),
        '. Its version and settings are changed over there. If it provisions users, the sample people get accounts.'
      ])
  if (!standIn) return
  showSwitches(standIn, askAll)
}

/**
 * How the stand-in can be changed.
 * @param {object} standIn of the state, whose positions follow
 * @param {() => unknown} onFlip called once it has changed
 */
export function showSwitches (standIn, onFlip) {
  const { versions, faults, positions } = standIn
  byId('versions').append(...versions.map(({ id, label }) =>
    choice({
      type: 'radio', name: 'version', label, checked: positions.version === id, onchange: () => flip({ version: id })
    })))
  byId('faults').append(...faults.map(({ id, label, hint }) =>
    choice({
      type: 'checkbox',
      role: 'switch',
      label,
      hint,
      checked: positions[id],
      onchange: ({ target }) => flip({ [id]: target.checked })
    })))
  byId('stand-in').hidden = false

  async function flip (changes) {
    standIn.positions = await demo('switches', changes)
    await onFlip()
  }
}
