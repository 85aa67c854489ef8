import { el } from './dom.js'

/** Lines of the host app's log, with what an operator should do about them. */
export function logLines (lines) {
  return el('div.log.sunk', null, ...lines.map(({ time, level, message, details, hint }) => el('div', null,
    el('p', null, el('time', { className: level }, new Date(time).toLocaleTimeString()), ` ${message}`),
    el('p.quiet', null, details),
    hint && el('p.hint', null, ...withCode(hint)))))
}

/** Names between backticks are set as code. */
export function withCode (text) {
  return text.split('`').map((part, index) => index % 2 === 0 ? part : el('code', null, part))
}
