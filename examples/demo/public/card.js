import { countdown } from './countdown.js'
import { byId, el } from './dom.js'
import { logLines } from './log-lines.js'

/** A card of the page, for one of the answers. */
export function createCard ({ title, client, request }) {
  const card = byId('card').content.cloneNode(true).firstElementChild
  const status = card.querySelector('.status')
  const outcome = card.querySelector('.outcome')
  card.querySelector('h3').textContent = title
  card.querySelector('.client').textContent = client
  card.querySelector('code').textContent = request
  byId('cards').append(card)

  return {
    /** What the browser got, where it is more than text. */
    hold (element) {
      outcome.before(element)
    },
    wait () {
      card.setAttribute('aria-busy', 'true')
    },
    /** @param {object} result what the answer's `ask` found, with the host app's receipt */
    show (result) {
      card.removeAttribute('aria-busy')
      status.hidden = result.status === undefined
      status.textContent = `${result.status} ${result.statusText}`
      status.classList.toggle('bad', result.status >= 400)
      outcome.replaceChildren(...parts(result))
    }
  }
}

function parts ({ body, user, problem, note, failure, claims, log }) {
  return [
    body && el('pre.sunk', null, JSON.stringify(body, shorten, 2)),
    failure && el('div.problem', null, el('p', null, failure.error), el('p', null, el('code', null, failure.code))),
    problem && el('div.problem', null, el('p', null, problem)),
    note && el('p.quiet', null, note),
    user && known(user),
    claims && !problem && countdown(claims),
    claims && block('What was signed', claimList(claims)),
    log && block('What your log says', logLines(log))
  ].filter(Boolean)
}

/** Nobody reads a whole JWT, and a session is nobody else's business. */
function shorten (_key, value) {
  return typeof value === 'string' && value.length > 24 ? `${value.slice(0, 12)}… (${value.length} characters)` : value
}

function known ({ name, email, groups, attributes = {} }) {
  const details = [groups?.join(', '), ...Object.entries(attributes).map(([key, value]) => `${key} ${value}`)].filter(Boolean)
  return el('div.known', null,
    el('p', null, 'Metabase sees ', el('strong', null, name)),
    el('p.quiet', null, [email, ...details].join(' · ')))
}

function block (title, content) {
  return el('section.block', null, el('h4', null, title), content)
}

function claimList (claims) {
  return el('dl', null, ...Object.entries(claims).flatMap(([name, value]) => [
    el('dt', null, name),
    el('dd', null, Array.isArray(value) ? value.join(', ') : String(value), isTime(name) && el('span.quiet', null, ` ${clock(value)}`))
  ]))
}

const isTime = name => name === 'iat' || name === 'exp'
const clock = seconds => new Date(seconds * 1000).toLocaleTimeString()
