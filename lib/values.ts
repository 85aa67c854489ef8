/** A value that JSON writes as it is and Metabase reads as text. */
export type Scalar = string | number | boolean

export function isScalar (value: unknown): value is Scalar {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}

/** Whether JSON would write the value as an object of its own properties. */
export function isPlainObject (value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  // The second half is Object.prototype, of whichever realm: test runners run code in realms of their own.
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
