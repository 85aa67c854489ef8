import { countdown } from './countdown.js'
import { byId, el } from './dom.js'
import { logLines, withCode } from './log-lines.js'
import { outcomeOf } from './outcome.js'

/** A card of the page, for one of the answers. */
export function createCard ({ kind, title, client, request, frame, idle = 'Not asked yet.' }) {
  const card = byId('card').content.cloneNode(true).firstElementChild
  const find = selector => card.querySelector(selector)
  const [badge, outcome, details] = ['.badge', '.outcome', 'details'].map(find)
  card.id = `${kind}-card` // the button is called logout
  card.setAttribute('aria-label', title)
  find('h3').textContent = title
  find('.client').textContent = client
  find('.request').textContent = request
  outcome.append(el('p.quiet', null, idle))
  if (frame) outcome.before(frame)
  byId('cards').append(card)

  return {
    wait () {
      card.setAttribute('aria-busy', 'true')
    },
    /** @param {object} result what the answer's `ask` found, with the host app's receipt */
    show (result) {
      card.removeAttribute('aria-busy')
      const { word, tone } = outcomeOf(result)
      badge.textContent = word
      badge.className = `badge ${tone}`
      find('.status').textContent = result.status === undefined ? '' : `→ ${result.status}`
      outcome.replaceChildren(...answer(result), verdict(result, tone))
      details.hidden = result.log === undefined
      details.lastElementChild.replaceChildren(...more(result))
    }
  }
}

function answer ({ body, failure }) {
  return body && !failure ? [el('pre.sunk', null, JSON.stringify(body, shorten))] : []
}

/** Nobody reads a whole JWT, and a session is nobody else's business. */
function shorten (_key, value) {
  return typeof value === 'string' && value.length > 24 ? `${value.slice(0, 12)}…` : value
}

/** What came of it. */
function verdict (result, tone) {
  const { status, failure, problem, note, user, shown, ended, claims, log } = result
  return el(`div.verdict.${tone}`, null, ...lines())

  function lines () {
    if (status === 401) {
      return [
        el('p', null, 'You are not signed in to the app.'), el('p', null, el('code', null, failure.code))
      ]
    }
    if (failure) {
      const hint = log.map(line => line.hint).find(Boolean)
      return [
        el('p', null, failure.error, ' ', el('code', null, failure.code)), hint && el('p.hint', null, ...withCode(hint))
      ]
    }
    if (problem) return [el('p', null, problem)]
    if (note) return [el('p', null, note)]
    if (user) return [el('p', null, 'Metabase sees ', el('strong', null, user.name)), el('p.quiet', null, known(user))]
    if (shown) {
      return [
        el('p', null, 'Metabase shows ', el('strong', null, shown)),
        el('p.quiet', null, known({ attributes: claims.params }))
      ]
    }
    return [
      el('p', null, 'Sessions ended at Metabase: ', el('strong', null, ended)),
      el('p.quiet', null, 'They let you in no longer.')
    ]
  }
}

const known = ({ email, groups, attributes = {} }) =>
  [
    email, groups?.join(', '), ...Object.entries(attributes).map(([key, value]) => `${key} ${value}`)
  ].filter(Boolean).join(' · ')

function more ({ problem, claims, log = [] }) {
  return [
    claims && !problem && countdown(claims),
    claims && block('What was signed', claimList(claims)),
    block('What your log says', logLines(log))
  ].filter(Boolean)
}

function block (title, content) {
  return el('section', null, el('h4', null, title), content)
}

function claimList (claims) {
  return el('dl', null, ...Object.entries(claims).flatMap(([name, value]) => [
    el('dt', null, name),
    el('dd', null, text(value), isTime(name) && el('span.quiet', null, ` ${clock(value)}`))
  ]))
}

const text = value =>
  Array.isArray(value) ? value.join(', ') : typeof value === 'object' ? JSON.stringify(value) : String(value)
const isTime = name => name === 'iat' || name === 'exp'
const clock = seconds => new Date(seconds * 1000).toLocaleTimeString()
