import * as v from 'valibot'
import { defaultMapUserToClaims, REGISTERED, type ClaimNames } from '../claims.js'
import { errorCodes } from '../errors.js'
import type { FastifyContextConfig } from '../host/functions.js'
import { sessionUser } from '../host/session.js'
import { isPlainObject } from '../values.js'
import type { GuestOptions, LogoutOptions, MetabaseSsoOptions } from './options.js'
import { readOrigins } from './origin.js'
import { readKeys, type SecretSource } from './secret.js'

type Documented = MetabaseSsoOptions<unknown, boolean>

/** Makes the compiler refuse a schema that has other options than the interface, or takes other types. */
type SchemaOf<Options> = { [Name in keyof Required<Options>]: v.GenericSchema<Options[Name], unknown> }

const isFunction = (value: unknown): boolean => typeof value === 'function'

/** A value that a function checks and converts. It throws our error itself. */
const read = <Input, Output>(convert: (value: Input) => Output) =>
  v.pipe(v.custom<Input>(() => true), v.transform(convert))

const FunctionSchema = <T>() => v.custom<NonNullable<T>>(isFunction, 'must be a function')

/** Characters of a text that a message quotes. */
const MAX_QUOTED = 40

/** Says what a value is. Not for options that hold, or are easily taken for, a secret. */
function shown (value: unknown): string {
  if (typeof value === 'number') return `is ${value}`
  if (typeof value !== 'string') return value === null ? 'is null' : `is of the type ${typeof value}`
  return value.length > MAX_QUOTED ? `is a string of ${value.length} characters` : `is the string ${JSON.stringify(value)}`
}

/** The message of a wrong value, which it shows. */
const butIs = (expected: string) => ({ input }: { input: unknown }): string => `${expected}, and ${shown(input)}`

const BooleanSchema = v.custom<boolean>(value => typeof value === 'boolean', butIs('must be true or false'))

const PathSchema = v.custom<string>(value => typeof value === 'string' && /^\/[^\s?#*]*$/.test(value),
  butIs('must begin with / and hold no query, fragment, wildcard or white space'))

const RouteConfigSchema = v.optional(v.custom<FastifyContextConfig>(isPlainObject, 'must be an object'))

const integer = (unit: string, min: number, max: number) =>
  v.custom<number>(value => Number.isInteger(value) && Number(value) >= min && Number(value) <= max,
    butIs(`must be a whole number of ${unit} from ${min} to ${max}`))

/** At most a day: more is milliseconds by mistake, or a credential that outlives its reason. */
const LifetimeSchema = integer('seconds', 1, 86_400)

const readSecret = (option: 'secret' | 'guest.secret') => (value: unknown): SecretSource =>
  typeof value === 'function' ? value as SecretSource : readKeys(value, option)

/** Reads a URL without its trailing slash. */
export const readBaseUrl = (option: string) => (value: unknown): string => {
  const isUrl = (typeof value === 'string' || value instanceof URL) && URL.canParse(String(value))
  if (!isUrl) {
    const problem = value === 'undefined' || value === 'null'
      ? `is the text "${value}", as of an environment variable that is not set`
      : 'is missing, or is not a complete URL'
    throw new errorCodes.METABASE_SSO_INSTANCE_URL_INVALID(option, problem)
  }
  const url = new URL(String(value))
  const problem = baseUrlProblem(url)
  if (problem !== undefined) throw new errorCodes.METABASE_SSO_INSTANCE_URL_INVALID(option, problem)
  return url.origin + url.pathname.replace(/\/+$/, '')
}

function baseUrlProblem ({ protocol, username, password, pathname, href }: URL): string | undefined {
  if (!/^https?:$/.test(protocol)) return 'must begin with https:// or http://'
  if (username !== '' || password !== '') {
    return 'holds a user name or a password, and browsers are redirected to it: ' +
      'for a proxy that wants credentials pass a `dispatcher`'
  }
  if (pathname.startsWith('//')) return 'has two slashes before its path'
  if (/\/auth\/sso\/*$/.test(pathname)) return 'ends in /auth/sso, which the plugin adds itself'
  return /[?#]/.test(href) ? 'holds a query or a fragment' : undefined
}

/** Whether it is a path on this host, or a complete http(s) URL. */
export function isPageUrl (value: unknown): value is string {
  if (typeof value !== 'string') return false
  return /^\/(?![/\\])/.test(value) || (/^https?:\/\//i.test(value) && URL.canParse(value))
}

const PageUrlSchema = <T>() => v.optional(v.custom<NonNullable<T>>(value => isFunction(value) || isPageUrl(value),
  'must be a path beginning with a single /, an http(s) URL, or a function'))

const RESERVED_NAMES: ReadonlySet<string> =
  new Set(['sign', 'exchange', 'ssoUrl', 'revoke', 'signGuest', 'guestEmbedUrl', 'diagnose'])

const isNamespace = (value: unknown): boolean =>
  typeof value === 'string' && /^[a-z_$][\w$]*$/i.test(value) && !RESERVED_NAMES.has(value) && !(value in {})

const isDispatcher = (value: unknown): boolean =>
  value !== null && typeof value === 'object' && 'dispatch' in value && isFunction(value.dispatch)

const isKeyValueStore = (value: unknown): boolean =>
  ['get', 'set', 'delete'].every(name => isFunction((value as Record<string, unknown> | null)?.[name]))

export const GuestSchema = v.object({
  secret: read<GuestOptions['secret'], SecretSource>(readSecret('guest.secret')),
  authorize: v.custom<GuestOptions<unknown, boolean>['authorize']>(isFunction,
    'must be a function that returns the locked params, or false: the browser chooses the item'),
  public: v.optional(BooleanSchema, false),
  path: v.optional(PathSchema),
  routeConfig: RouteConfigSchema,
  tokenLifetime: v.optional(LifetimeSchema, 600)
} satisfies SchemaOf<GuestOptions<unknown, boolean>>)

const ClaimNameSchema = v.optional(v.custom<string>(
  value => typeof value === 'string' && value.trim() !== '' && value !== '__proto__' && !REGISTERED.has(value),
  'must be the name of a claim'))

export const ClaimNamesEntries = {
  email: ClaimNameSchema,
  first_name: ClaimNameSchema,
  last_name: ClaimNameSchema,
  groups: ClaimNameSchema,
  tenant: ClaimNameSchema,
  tenantAttributes: ClaimNameSchema
} satisfies SchemaOf<ClaimNames>

const ClaimNamesSchema = v.pipe(v.object(ClaimNamesEntries, 'must be an object of names'), v.check(names => {
  const given = Object.values(names).filter(name => name !== undefined)
  return new Set(given).size === given.length
}, 'must hold different names'))

export const LogoutSchema = v.object({
  path: v.optional(PathSchema),
  routeConfig: RouteConfigSchema
} satisfies SchemaOf<LogoutOptions>)

const LogoutSwitchSchema =
  v.custom<boolean>(value => typeof value === 'boolean', 'must be true, false or { path, routeConfig }')

export const OptionsSchema = v.object({
  // Absent for guest embeds alone.
  secret: v.optional(read<Documented['secret'], SecretSource>(readSecret('secret'))),
  instanceUrl: read<string | URL, string>(readBaseUrl('instanceUrl')),
  publicUrl: v.optional(read<string | URL, string>(readBaseUrl('publicUrl'))),
  origin: v.optional(read<Documented['origin'], ReturnType<typeof readOrigins>>(readOrigins), false),
  mapUserToClaims: v.optional(FunctionSchema<Documented['mapUserToClaims']>(), () => defaultMapUserToClaims),
  claimNames: v.optional(ClaimNamesSchema, {}),
  allowAdministrators: v.optional(v.custom<NonNullable<Documented['allowAdministrators']>>(
    value => typeof value === 'boolean' || isFunction(value), butIs('must be true, false or a function')), false),
  getUser: v.optional(FunctionSchema<Documented['getUser']>(), () => sessionUser),
  authorize: v.optional(FunctionSchema<Documented['authorize']>()),
  requireTenant: v.optional(BooleanSchema, false),
  path: v.optional(PathSchema, '/sso/metabase'),
  routeConfig: RouteConfigSchema,
  tokenLifetime: v.optional(LifetimeSchema, 600),
  timeout: v.optional(integer('milliseconds', 100, 60_000), 5000),
  connections: v.optional(integer('connections', 1, 10_000), 64),
  queue: v.optional(integer('sign-ins', 0, 100_000), 500),
  cache: v.optional(BooleanSchema, false),
  store: v.optional(v.custom<NonNullable<Documented['store']>>(isKeyValueStore,
    'must have the methods get, set and delete, as a Keyv has')),
  sessionId: v.optional(FunctionSchema<Documented['sessionId']>()),
  loginUrl: PageUrlSchema<Documented['loginUrl']>(),
  errorUrl: PageUrlSchema<Documented['errorUrl']>(),
  guest: v.optional(v.pipe(v.custom<v.InferInput<typeof GuestSchema>>(
    value => typeof value === 'object' && value !== null, 'must be an object with secret and authorize'), GuestSchema)),
  // Not a union, which would not say what is wrong with the path.
  logout: v.optional(v.lazy(value => isPlainObject(value) ? LogoutSchema : LogoutSwitchSchema), false),
  verify: v.optional(v.custom<'warn' | false>(
    value => value === 'warn' || value === false, butIs('must be "warn" or false')), 'warn'),
  namespace: v.optional(v.custom<string>(isNamespace,
    butIs('must be an identifier, and not the name of a method of app.metabaseSso'))),
  dispatcher: v.optional(v.custom<NonNullable<Documented['dispatcher']>>(isDispatcher,
    'must be a Dispatcher of undici 7 or later'))
} satisfies SchemaOf<Documented>)
