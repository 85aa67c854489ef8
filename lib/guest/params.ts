import { errorCodes } from '../errors.js'
import { isPlainObject } from '../values.js'

type Value = string | number | boolean

/**
 * Values of an item's locked parameters, by the parameters' names (slugs). Arrays are for several values;
 * in those of a "between" filter, null is an open end. `[]` switches a locked filter off for this token.
 * `undefined` is there for the compiler's sake, which finds it in `isOpen ? {} : { region }`; as a value it is refused.
 */
export type GuestParams = Readonly<Record<string, Value | ReadonlyArray<Value | null> | undefined>>

/**
 * Refuses, before anything is signed, what Metabase would refuse, and what JSON would drop: a locked value that
 * is missing makes Metabase refuse the token, but one of an editable parameter would be the visitor's to choose.
 * @returns a copy: what was checked is what is signed
 * @throws METABASE_SSO_GUEST_PARAMS_INVALID, METABASE_SSO_GUEST_PARAM_INVALID
 */
export function checkParams (params: unknown): GuestParams {
  if (!isPlainObject(params)) throw new errorCodes.METABASE_SSO_GUEST_PARAMS_INVALID()
  return Object.fromEntries(Object.entries(params).map(([name, value]) => {
    if (Array.isArray(value)) {
      const values = Array.from(value) // without holes, which JSON would write as null
      if (values.every(item => item === null || isValue(item))) return [name, values]
    } else if (isValue(value) && value !== '') { // '' is no value to Metabase
      return [name, value]
    }
    throw new errorCodes.METABASE_SSO_GUEST_PARAM_INVALID(name)
  }))
}

function isValue (value: unknown): value is Value {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)
}
