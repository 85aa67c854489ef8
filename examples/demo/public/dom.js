/**
 * Makes an element. Text stays text: nothing here is ever read as HTML.
 * @param {string} tag such as `p`, or `p.quiet` with a class
 * @param {Record<string, unknown> | null} properties
 * @param {...(Node | string | undefined | false)} children
 */
export function el (tag, properties, ...children) {
  const [name, ...classes] = tag.split('.')
  const element = Object.assign(document.createElement(name), properties)
  if (classes.length > 0) element.className = classes.join(' ')
  element.append(...children.filter(child => child !== undefined && child !== false))
  return element
}

/** The element with this id. */
export const byId = id => document.getElementById(id)
