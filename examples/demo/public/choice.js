import { el } from './dom.js'

let count = 0

/** A radio button, a check box or a switch, with its label and a sentence on it. */
export function choice ({ label, hint, ...properties }) {
  const id = `choice-${++count}`
  const input = el('input', { id, ...properties })
  const description = hint && el('span.quiet', { id: `${id}-hint` }, hint)
  if (description) input.setAttribute('aria-describedby', description.id)
  return el('div.choice', null, input, el('label', { htmlFor: id }, label), description)
}
