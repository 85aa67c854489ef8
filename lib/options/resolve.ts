import * as v from 'valibot'
import { createClaimsCheck, type CheckClaims } from '../claims.js'
import { errorCodes } from '../errors.js'
import type { FastifyContextConfig } from '../host/functions.js'
import { fastifySessions, ownSessions, type HostSessions } from '../host/session.js'
import { isPlainObject } from '../values.js'
import type { LogoutOptions } from './options.js'
import { ClaimNamesEntries, GuestSchema, LogoutSchema, OptionsSchema } from './schema.js'
import { isSameSecret, type SecretSource } from './secret.js'
import { similarName } from './similar-name.js'

type Checked = v.InferOutput<typeof OptionsSchema>

/** The options with every default in place: a frozen copy that shares nothing with the caller's object. */
export type ResolvedOptions = Readonly<Omit<Checked, 'guest' | 'logout' | 'store' | 'sessionId'> & {
  publicUrl: string
  checkClaims: CheckClaims
  hostSessions: HostSessions
  guest: ResolvedGuestOptions | undefined
  logout: { path: string, routeConfig: FastifyContextConfig | undefined } | undefined
}>

export type ResolvedGuestOptions = Readonly<v.InferOutput<typeof GuestSchema> & { path: string }>

/**
 * Checks the options and fills in the defaults. The caller's object is only read.
 * @param log for what the options' functions do later
 */
export function resolveOptions (options: object, log?: { warn (message: string): void }): ResolvedOptions {
  // Fastify's own register options stand in the same object.
  const { prefix, logLevel, logSerializers, ...own } = options as Record<string, unknown>
  refuseUnknown(own, OptionsSchema.entries)
  refuseUnknown(own.claimNames, ClaimNamesEntries, 'claimNames.')
  refuseUnknown(own.guest, GuestSchema.entries, 'guest.')
  refuseUnknown(own.logout, LogoutSchema.entries, 'logout.')
  if (own.guest !== undefined && !Object.hasOwn(own, 'secret')) requireNoSignIn(own)
  else if (own.secret === undefined) throw new errorCodes.METABASE_SSO_SECRET_INVALID('secret', 'is missing or blank')
  const { guest, logout, claimNames, store, sessionId, ...rest } = checked(own)
  if (guest && isShared(rest.secret, guest.secret)) throw new errorCodes.METABASE_SSO_GUEST_SECRET_SHARED()
  const below = (name: string): string => `${rest.path.replace(/\/$/, '')}/${name}`
  const { path = below('logout'), routeConfig }: LogoutOptions = typeof logout === 'object' ? logout : {}
  return Object.freeze({
    ...rest,
    publicUrl: rest.publicUrl ?? rest.instanceUrl,
    claimNames,
    checkClaims: createClaimsCheck(claimNames, log),
    hostSessions: hostSessionsOf(store, sessionId),
    guest: guest && Object.freeze({ ...guest, path: guest.path ?? below('guest') }),
    logout: logout === false ? undefined : { path, routeConfig }
  })
}

function hostSessionsOf (store: Checked['store'], sessionId: Checked['sessionId']): HostSessions {
  if (store !== undefined && sessionId !== undefined) return ownSessions(store, sessionId)
  if (store === undefined && sessionId === undefined) return fastifySessions
  const [given, other] = store === undefined ? ['sessionId', 'store'] : ['store', 'sessionId']
  throw new errorCodes.METABASE_SSO_OPTION_INVALID(given, `requires the option "${other}"`)
}

/** Options of a user's sign-in, which mean nothing for guest embeds alone. With one, the key `secret` was forgotten. */
const OF_SIGN_INS = [
  'mapUserToClaims', 'claimNames', 'allowAdministrators', 'authorize', 'requireTenant', 'tokenLifetime', 'cache',
  'store', 'sessionId', 'loginUrl', 'errorUrl', 'logout', 'routeConfig'
]

function requireNoSignIn (own: Record<string, unknown>): void {
  const option = OF_SIGN_INS.find(name => own[name] !== undefined && own[name] !== false)
  if (option !== undefined) throw new errorCodes.METABASE_SSO_OPTION_INVALID(option, 'requires the option "secret"')
}

function checked (own: Record<string, unknown>): Checked {
  // Keys that are there but undefined reach their own checks, which say more than "missing key".
  const guest = isPlainObject(own.guest) ? { secret: undefined, authorize: undefined, ...own.guest } : own.guest
  const options = { instanceUrl: undefined, ...own, guest }
  const result = v.safeParse(OptionsSchema, options, { abortEarly: true })
  if (result.success) return result.output
  const [{ path, message }] = result.issues
  throw new errorCodes.METABASE_SSO_OPTION_INVALID(String(path?.map(({ key }) => key).join('.')), message)
}

function refuseUnknown (options: unknown, entries: object, prefix = ''): void {
  if (typeof options !== 'object' || options === null) return
  const unknown = Object.keys(options).find(name => !Object.hasOwn(entries, name))
  if (unknown === undefined) return
  const names = Object.keys(entries)
  const similar = similarName(unknown, names)
  const suggestion = similar === undefined ? '' : ` (did you mean "${prefix}${similar}"?)`
  throw new errorCodes.METABASE_SSO_OPTION_UNKNOWN(
    prefix + unknown, `${suggestion}; there are ${names.map(name => prefix + name).join(', ')}`)
}

/** As far as it can be known without calling functions. */
function isShared (secret: SecretSource | undefined, guestSecret: SecretSource): boolean {
  if (typeof secret !== 'object' || typeof guestSecret !== 'object') return false
  return guestSecret.some(key => secret.some(other => isSameSecret(key, other)))
}
