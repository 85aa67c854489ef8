/** Whether JSON would write the value as an object of its own properties. */
export function isPlainObject (value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // The second half is Object.prototype, of whichever realm: test runners run code in realms of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
