/**
 * Remembers the latest things.
 * @template T
 * @param {number} limit how many
 */
export function createRecent (limit) {
  /** @type {T[]} */
  const items = []
  return {
    /** Oldest first. */
    items,
    /** @param {T} item */
    add (item) {
      items.push(item)
      if (items.length > limit) items.shift()
    }
  }
}
