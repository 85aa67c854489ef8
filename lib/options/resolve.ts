import { closestMatch } from 'leven'
import * as v from 'valibot'
import { errorCodes, type MetabaseSsoErrorCode } from '../errors.js'
import { GuestSchema } from './guest.js'
import { inTime } from '../host/callbacks.js'
import { LogoutSchema, OptionsSchema, type ResolvedOptions } from './schema.js'
import { isPlainObject } from '../values.js'
import { isSameSecret, isSecret } from '../jwt/secret-provider.js'

/**
 * Checks the options and fills in the defaults. The caller's object is only read.
 * @throws METABASE_SSO_OPTION_…, METABASE_SSO_SECRET_…, METABASE_SSO_INSTANCE_URL_…, METABASE_SSO_ORIGIN_… or METABASE_SSO_GUEST_SECRET_SHARED errors
 */
export function resolveOptions (options: object): ResolvedOptions {
  // Fastify's own register options stand in the same object.
  const { prefix, logLevel, logSerializers, ...own } = options as Record<string, unknown>
  refuseUnknown(own, OptionsSchema.entries)
  refuseUnknown(own.guest, GuestSchema.entries, 'guest.')
  refuseUnknown(own.logout, LogoutSchema.entries, 'logout.')
  // Keys that are there but undefined reach their own checks, which say more than "missing key".
  const guest = isPlainObject(own.guest) ? { secret: undefined, authorize: undefined, ...own.guest } : own.guest
  const result = v.safeParse(OptionsSchema, { secret: undefined, instanceUrl: undefined, ...own, guest }, { abortEarly: true })
  if (!result.success) {
    const [issue] = result.issues
    throw optionError(String(issue.path?.map(({ key }) => key).join('.')), issue.message)
  }
  refuseSameSecrets(result.output)
  return Object.freeze(boundCalls(result.output))
}

/** None of the host's functions may let a request hang. `secret` functions see to that themselves, as they are called for many at once. */
function boundCalls (options: ResolvedOptions): ResolvedOptions {
  const { timeout, getUser, mapUserToClaims, authorize, loginUrl, guest } = options
  return {
    ...options,
    getUser: getUser && inTime(timeout, getUser),
    mapUserToClaims: inTime(timeout, mapUserToClaims),
    authorize: authorize && inTime(timeout, authorize),
    loginUrl: typeof loginUrl === 'function' ? inTime(timeout, loginUrl) : loginUrl,
    guest: guest && { ...guest, authorize: inTime(timeout, guest.authorize) }
  }
}

function refuseUnknown (options: unknown, entries: object, prefix = ''): void {
  if (typeof options !== 'object' || options === null) return
  const unknown = Object.keys(options).find(name => !Object.hasOwn(entries, name))
  if (unknown !== undefined) throw new errorCodes.METABASE_SSO_OPTION_UNKNOWN(prefix + unknown, nearest(unknown, Object.keys(entries), prefix))
}

function nearest (name: string, names: string[], prefix: string): string {
  const known = closestMatch(name, names, { maxDistance: Math.ceil(name.length / 3) })
  return known === undefined ? '' : `; did you mean "${prefix}${known}"?`
}

/** An issue's message is one of our codes, perhaps with a detail behind a colon, or the end of a sentence. */
function optionError (name: string, message: string): Error {
  const [code = '', ...detail] = message.split(':')
  if (!isCode(code)) return new errorCodes.METABASE_SSO_OPTION_INVALID(name, message)
  if (code.startsWith('METABASE_SSO_SECRET_')) return new errorCodes[code](name)
  return new errorCodes[code](...detail.length > 0 ? [detail.join(':')] : [])
}

const isCode = (text: string): text is MetabaseSsoErrorCode => Object.hasOwn(errorCodes, text)

/** As far as it can be known without calling functions. */
function refuseSameSecrets ({ secret, previousSecret, guest }: ResolvedOptions): void {
  const isSame = (one: unknown, other: unknown) => isSecret(one) && isSecret(other) && isSameSecret(one, other)
  if (isSame(previousSecret, secret)) throw new errorCodes.METABASE_SSO_OPTION_INVALID('previousSecret', 'is the same as "secret"; leave it out')
  if (isSame(guest?.secret, secret) || isSame(guest?.secret, previousSecret)) throw new errorCodes.METABASE_SSO_GUEST_SECRET_SHARED()
}
