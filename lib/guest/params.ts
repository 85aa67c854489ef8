import { errorCodes } from '../errors.js'
import type { GuestParams } from '../host/functions.js'
import { isPlainObject, isScalar, type Scalar } from '../values.js'

/**
 * Refuses, before anything is signed, what Metabase would refuse, and what JSON would drop: a locked value that
 * is missing makes Metabase refuse the token, but one of an editable parameter would be the visitor's to choose.
 * @returns a copy: what was checked is what is signed
 */
export function checkParams (params: unknown): GuestParams {
  if (!isPlainObject(params)) throw new errorCodes.METABASE_SSO_GUEST_PARAMS_INVALID('they are not a plain object')
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, checkParam(name, value)]))
}

/** White space alone is no value to Metabase. */
const isValue = (value: unknown): value is Scalar =>
  isScalar(value) && !(typeof value === 'string' && value.trim() === '')

function checkParam (name: string, value: unknown): GuestParams[string] {
  if (Array.isArray(value)) {
    const values = Array.from(value) // without holes, which JSON would write as null
    // Of a "between" filter one end may be open: null beside a value.
    const isGiven = values.length === 0 || values.some(isValue)
    if (isGiven && values.every(item => item === null || isValue(item))) return values
  } else if (isValue(value)) {
    return value
  }
  throw new errorCodes.METABASE_SSO_GUEST_PARAMS_INVALID(
    `"${name}" is no text, finite number, boolean or array of these`)
}
