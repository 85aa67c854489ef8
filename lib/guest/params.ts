import { errorCodes } from '../errors.js'
import type { GuestParams } from '../host/functions.js'
import { isPlainObject, isScalar } from '../values.js'

/**
 * Refuses, before anything is signed, what Metabase would refuse, and what JSON would drop: a locked value that
 * is missing makes Metabase refuse the token, but one of an editable parameter would be the visitor's to choose.
 * @returns a copy: what was checked is what is signed
 * @throws METABASE_SSO_GUEST_PARAMS_INVALID, METABASE_SSO_GUEST_PARAM_INVALID
 */
export function checkParams (params: unknown): GuestParams {
  if (!isPlainObject(params)) throw new errorCodes.METABASE_SSO_GUEST_PARAMS_INVALID()
  return Object.fromEntries(Object.entries(params).map(([name, value]) => [name, checkParam(name, value)]))
}

function checkParam (name: string, value: unknown): GuestParams[string] {
  if (Array.isArray(value)) {
    const values = Array.from(value) // without holes, which JSON would write as null
    if (values.every(item => item === null || isScalar(item))) return values
  } else if (isScalar(value) && value !== '') { // '' is no value to Metabase
    return value
  }
  throw new errorCodes.METABASE_SSO_GUEST_PARAM_INVALID(name)
}
