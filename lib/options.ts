import type { FastifyRequest } from 'fastify'
import { closestMatch } from 'leven'
import type { Dispatcher } from 'undici'
import * as v from 'valibot'
import { defaultMapUserToClaims, type UserToClaims } from './claims.js'
import { errorCodes, type MetabaseSsoErrorCode } from './errors.js'
import { originProblem, type Origin } from './origin.js'
import { isSecret, secretProblem, type Secret, type SecretFunction } from './secret.js'

/** A value, or a promise of it. */
type MaybePromise<T> = T | Promise<T>

/** The user as @fastify/session holds it, where the host app has declared its `Session`; else unknown. */
export type SessionUser = FastifyRequest extends { session: { user?: infer User } } ? NonNullable<User> : unknown

type GetUser<User> = (request: FastifyRequest) => MaybePromise<User | null | undefined>

/** Beside each option, what the README's table says of it. */
export interface OptionRow { type: string, default: string, meaning: string }

const row = <Input>(type: string, defaultValue: string, meaning: string) =>
  v.metadata<Input, OptionRow & Record<string, string>>({ type, default: defaultValue, meaning })

const isFunction = (value: unknown): boolean => typeof value === 'function'

const SecretSchema = v.pipe(
  // undefined is what an environment variable gives that is not set: the types let it through to the better message.
  v.custom<Secret | SecretFunction | undefined>(value => value === undefined || isSecret(value) || isFunction(value), 'must be a string, a Buffer or a function'),
  v.custom<Secret | SecretFunction>(secret => secret !== undefined, 'METABASE_SSO_SECRET_MISSING'),
  v.check(secret => !isSecret(secret) || secretProblem(secret) === undefined, ({ input }) => String(isSecret(input) && secretProblem(input))),
  // A copy: the caller may wipe or reuse its Buffer.
  v.transform((secret): Secret | SecretFunction => Buffer.isBuffer(secret) ? Buffer.from(secret) : secret)
)

const InstanceUrlSchema = v.pipe(
  v.custom<string | URL>(value => (typeof value === 'string' || value instanceof URL) && URL.canParse(String(value)), 'METABASE_SSO_INSTANCE_URL_INVALID'),
  v.transform(value => new URL(value.toString())),
  v.check(url => /^https?:$/.test(url.protocol), 'METABASE_SSO_INSTANCE_URL_PROTOCOL'),
  v.check(url => url.username === '' && url.password === '', 'METABASE_SSO_INSTANCE_URL_CREDENTIALS'),
  v.check(url => !/[?#]/.test(url.href), 'METABASE_SSO_INSTANCE_URL_QUERY'),
  v.transform(url => url.origin + url.pathname.replace(/\/+$/, ''))
)

const OriginSchema = v.pipe(
  v.custom<Origin | readonly Origin[] | false>(value => value !== true, 'METABASE_SSO_ORIGIN_WILDCARD'),
  v.check(value => !Array.isArray(value) || value.length > 0, 'METABASE_SSO_ORIGIN_INVALID:is an empty list; write false for none'),
  v.transform((value): readonly unknown[] => value === false ? [] : Array.isArray(value) ? [...value] : [value]),
  v.check(origins => !origins.includes('*') && !origins.includes(true), 'METABASE_SSO_ORIGIN_WILDCARD'),
  v.check(origins => origins.every(origin => originProblem(origin) === undefined),
    ({ input }) => `METABASE_SSO_ORIGIN_INVALID:${input.map(originProblem).find(Boolean)}`),
  v.transform(origins => origins.map(origin => origin instanceof RegExp ? new RegExp(origin) : origin) as readonly Origin[])
)

const wholeNumber = (unit: string, most: number) => v.custom<number>(
  value => Number.isInteger(value) && Number(value) >= 1 && Number(value) <= most,
  `must be a whole number of ${unit} from 1 to ${most}`)

/** The one source of the options' types, of the checks at boot and of the README's table. */
export const OptionsSchema = v.object({
  /**
   * Metabase's JWT signing key (Admin > Settings > Authentication > JWT), as text: at least 32 characters,
   * no white space around it. A function is called each time something is signed. Required: undefined, as
   * from an environment variable that is not set, is refused when the app boots.
   */
  secret: v.pipe(SecretSchema,
    row('string, Buffer, or (async) function returning one', 'required', "Metabase's JWT signing key")),
  /** Base URL of the Metabase instance, http or https; a path prefix is kept. Required. */
  instanceUrl: v.pipe(InstanceUrlSchema,
    row('string or URL', 'required', 'base URL of the Metabase instance; a path prefix is kept')),
  /**
   * Front-end origins that may call the routes from the browser, always with credentials: exact origins
   * such as `https://app.example.com`, or regular expressions (anchor them: they are tested against the
   * whole `Origin` header). Default `false`: none. `'*'` and `true` are refused.
   */
  origin: v.pipe(v.optional(OriginSchema, false),
    row('string, RegExp, array of these, or `false`', '`false`', "front-end origins allowed by CORS, always with credentials; `'*'` and `true` are refused")),
  /** Turns your user into claims; may be async. Default: reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`. */
  mapUserToClaims: v.pipe(
    v.optional(v.custom<UserToClaims<unknown>>(isFunction, 'must be a function'), () => defaultMapUserToClaims),
    row('`(user, request) => claims`, may be async', 'reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`', 'the user-to-claims mapper')),
  /** Who is signed in; may be async. Return null or undefined for nobody. Default: the session's `user`, through @fastify/session. */
  getUser: v.pipe(
    v.optional(v.custom<GetUser<unknown>>(isFunction, 'must be a function')),
    row('`(request) => user | null | undefined`, may be async', "the session's `user`, through @fastify/session", 'who is signed in')),
  /** Path of the route, after the `prefix` of the registration, if any. Default `/sso/metabase`. */
  path: v.pipe(
    v.optional(v.custom<string>(value => typeof value === 'string' && /^\/[^\s?#*]*$/.test(value), 'must begin with / and hold no query, fragment, wildcard or white space'), '/sso/metabase'),
    row('string', '`/sso/metabase`', 'the route')),
  /**
   * Seconds between `iat` and `exp` of the JWT, 1 to 1,209,600 (two weeks, the life of a Metabase session).
   * SDKs ask for a new session at the first call after `exp` (seen in 0.52.7 and 0.56.3). Default 600.
   */
  tokenLifetime: v.pipe(v.optional(wholeNumber('seconds', 1_209_600), 600),
    row('integer seconds', '600', '`exp - iat` of the JWT')),
  /** Milliseconds for the whole exchange with Metabase, fallbacks included, 1 to 600,000. Default 5000. */
  timeout: v.pipe(v.optional(wholeNumber('milliseconds', 600_000), 5000),
    row('integer ms', '5000', 'whole exchange with Metabase, retries and fallbacks included')),
  /**
   * Where a browser navigation without a signed-in user is sent: a path or an http(s) URL, or a function
   * returning one, perhaps async. The way back is added as `return_to`. Default: none, such a navigation gets 401.
   */
  loginUrl: v.pipe(
    v.optional(v.custom<string | ((request: FastifyRequest) => MaybePromise<string>)>(value => isFunction(value) || isLoginUrl(value), 'must be a path beginning with a single /, an http(s) URL, or a function')),
    row('string or `(request) => string`', 'none', 'where a browser navigation without a signed-in user is sent')),
  /** For several Metabase instances in one app: the API is then `app.metabaseSso.<namespace>`. Default: none. */
  namespace: v.pipe(
    v.optional(v.custom<string>(value => typeof value === 'string' && /^[a-z_$][\w$]*$/i.test(value) && !RESERVED_NAMES.has(value) && !(value in {}), 'must be an identifier, and not the name of a method of app.metabaseSso')),
    row('string', 'none', 'for several Metabase instances in one app: `app.metabaseSso.<namespace>`')),
  /** An undici Dispatcher for the calls to Metabase: proxies, custom CAs, tests. You close it. Default: a keep-alive pool, closed with the app. */
  dispatcher: v.pipe(
    v.optional(v.custom<Dispatcher>(value => value !== null && typeof value === 'object' && 'request' in value && isFunction(value.request), 'must be an undici Dispatcher')),
    row('undici Dispatcher', 'own keep-alive pool, closed with the app', 'proxies, custom CAs, tests'))
})

const RESERVED_NAMES: ReadonlySet<string> = new Set(['sign', 'exchange', 'ssoUrl', 'revoke', 'signGuest', 'diagnose'])

/** A path on this host, or a complete http(s) URL. */
export function isLoginUrl (value: unknown): value is string {
  return typeof value === 'string' && (/^\/(?![/\\])/.test(value) || (/^https?:\/\//i.test(value) && URL.canParse(value)))
}

/** What `app.register(metabaseSso, options)` takes. `User` is inferred from `getUser`, or is the session's user. */
export interface MetabaseSsoOptions<User = SessionUser> extends Omit<v.InferInput<typeof OptionsSchema>, 'getUser' | 'mapUserToClaims'> {
  /** Who is signed in; may be async. Return null or undefined for nobody. Default: the session's `user`, through @fastify/session. */
  getUser?: GetUser<User>
  /** Turns your user into claims; may be async. Default: reads `email`, `firstName`/`first_name`, `lastName`/`last_name`, `groups`/`[group]`. */
  mapUserToClaims?: UserToClaims<User>
}

/** The options with every default in place: a frozen copy that shares nothing with the caller's object. */
export type ResolvedOptions = Readonly<v.InferOutput<typeof OptionsSchema>>

/**
 * Checks the options and fills in the defaults. The caller's object is only read.
 * @throws METABASE_SSO_OPTION_…, METABASE_SSO_SECRET_…, METABASE_SSO_INSTANCE_URL_… or METABASE_SSO_ORIGIN_… errors
 */
export function resolveOptions (options: object): ResolvedOptions {
  // Fastify's own register options stand in the same object.
  const { prefix, logLevel, logSerializers, ...own } = options as Record<string, unknown>
  const unknown = Object.keys(own).find(name => !Object.hasOwn(OptionsSchema.entries, name))
  if (unknown !== undefined) throw new errorCodes.METABASE_SSO_OPTION_UNKNOWN(unknown, nearest(unknown))
  // Keys that are there but undefined reach their own checks, which say more than "missing key".
  const result = v.safeParse(OptionsSchema, { secret: undefined, instanceUrl: undefined, ...own }, { abortEarly: true })
  if (result.success) return Object.freeze(result.output)
  const [issue] = result.issues
  throw optionError(String(issue.path?.[0].key), issue.message)
}

/** An issue's message is one of our codes, perhaps with a detail behind a colon, or the end of a sentence. */
function optionError (name: string, message: string): Error {
  const [code = '', ...detail] = message.split(':')
  if (isCode(code)) return new errorCodes[code](...detail.length > 0 ? [detail.join(':')] : [])
  return new errorCodes.METABASE_SSO_OPTION_INVALID(name, message)
}

const isCode = (text: string): text is MetabaseSsoErrorCode => Object.hasOwn(errorCodes, text)

function nearest (name: string): string {
  const known = closestMatch(name, Object.keys(OptionsSchema.entries), { maxDistance: Math.ceil(name.length / 3) })
  return known === undefined ? '' : `; did you mean "${known}"?`
}
