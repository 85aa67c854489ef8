import { docsUrl } from './package.js'

/** What one error says. The tables in docs/errors.md are tested against these rows. */
interface ErrorRow {
  /** HTTP status that our routes answer with. */
  status: number
  /** One sentence for the browser. It tells no more than a visitor may know. */
  public: string
  /** One clause for the log, made from the arguments of the constructor. */
  message: (...details: never[]) => string
  /** What an operator can do about it. */
  hint: string
  /** The hint where the first detail is `guest` or one of its options. */
  guestHint: string
}

/** Makes the rows that share a status and a sentence for the browser. */
const row = (status: number, sentence: string) =>
  <Details extends unknown[]>(message: (...details: Details) => string, hint: string, guestHint = hint) =>
    ({ status, public: sentence, message, hint, guestHint })

const notReady = row(500, 'The app could not prepare the sign-in to Metabase.')
const guestNotReady = row(500, 'The app could not prepare what Metabase should show here.')
const refused = row(403, 'This account is not allowed to sign in to Metabase.')
const misconfigured = row(502, 'Metabase does not accept sign-ins from this app at the moment.')
const noResponse = row(502, 'Metabase could not be reached or gave no usable response.')

// Metabase's admin pages, as versions up to about v64 and newer ones call them.
export const JWT_PAGE = 'Admin > Settings > Authentication > JWT (newer: Embedding hub > Authentication)'
export const EMBEDDING_PAGE = 'Admin > Embedding (newer: Embedding > Security)'

const GUEST_OPTIONS = 'See the options of `guest` in docs/guest-embeds.md.'

/**
 * The options are wrong: `app.ready()` rejects. What a `secret` function returns, and whether a `dispatcher` works,
 * shows at a request only.
 */
export const bootRows = {
  METABASE_SSO_OPTION_UNKNOWN: notReady(
    (name: string, suggestion: string) => `there is no option "${name}"${suggestion}`,
    'See the options in the README.', GUEST_OPTIONS),
  METABASE_SSO_OPTION_INVALID: notReady((option: string, problem: string) => `option "${option}" ${problem}`,
    'See the options in the README.', GUEST_OPTIONS),
  METABASE_SSO_SECRET_INVALID: notReady((option: string, problem: string) => `option "${option}" ${problem}`,
    `Set \`secret\` to the JWT signing key that Metabase generated (64 characters), or return that: ${JWT_PAGE}. ` +
      'Is the environment variable set?',
    `Set \`guest.secret\` to Metabase's embedding secret key, or return that: ${EMBEDDING_PAGE}. It is not the JWT ` +
      'signing key. Is the environment variable set?'),
  METABASE_SSO_INSTANCE_URL_INVALID: notReady((option: string, problem: string) => `option "${option}" ${problem}`,
    'Give the base URL of the instance, such as https://metabase.example.com; a path prefix is fine.'),
  METABASE_SSO_ORIGIN_INVALID: notReady((problem: string) => `option "origin" ${problem}`,
    'Write a scheme, a host and perhaps a port, such as https://app.example.com, without a path.'),
  METABASE_SSO_GUEST_SECRET_SHARED: guestNotReady(() => 'option "guest.secret" is the same as the JWT signing key',
    `Set \`guest.secret\` to the embedding secret key (${EMBEDDING_PAGE}), ` +
      `\`secret\` to the JWT signing key (${JWT_PAGE}).`),
  METABASE_SSO_PROXY_URL_INVALID: notReady((variable: string) => `the environment variable ${variable} holds no proxy URL`,
    'Write http://host:port, with a user name and a password in percent-encoding if the proxy wants them. ' +
      'Or unset NODE_USE_ENV_PROXY, which has the plugin read it.'),
  METABASE_SSO_SESSION_MISSING: notReady((missing: string) => `there is no ${missing}`,
    'Register @fastify/cookie and @fastify/session on the same app or a parent of it. With other sessions, set ' +
      '`getUser`, and for `logout` and `cache` also `store` and `sessionId`.'),
  METABASE_SSO_PATH_TAKEN: notReady((route: string) => `the route ${route} is already taken`,
    'Give each registration its own `path` (or `prefix`).'),
  METABASE_SSO_NAMESPACE_TAKEN: notReady((name: string) => `${name} is already taken by another registration`,
    'Give each registration its own `namespace`; one of them may go without.')
} satisfies Record<string, ErrorRow>

/** A request failed. */
export const requestRows = {
  // The request is wrong, or has no user.
  METABASE_SSO_RETURN_TO_INVALID: row(400, 'return_to must be a path on Metabase, or a URL of it.')(
    (problem: string) => `return_to ${problem}`,
    'Link to a path of the instance, with its path prefix if it has one. ' +
      'If the URL is right, check that `publicUrl` (or `instanceUrl`) has the same scheme, host and port.'),
  METABASE_SSO_BODY_INVALID: row(400, 'The request must be { entityType, entityId, customContext? } in JSON.')(
    () => 'the body is not what embed.js sends',
    'Send "dashboard" or "question" as entityType, a positive integer or an entity id of 21 characters as entityId.'),
  METABASE_SSO_BODY_TOO_LARGE: row(413, 'The request is too large.')(() => 'the body is larger than 16 KiB',
    'Let `custom-context` name things instead of holding them. Send no body to the logout route.'),
  METABASE_SSO_BODY_NOT_JSON: row(415, 'The request must be JSON.')(() => 'the body is not application/json',
    'Send the body as application/json, as embed.js does.'),
  METABASE_SSO_NOT_AUTHENTICATED: row(401, 'You are not signed in to the app.')(
    (reason: string) => `the request has no signed-in user: ${reason}`,
    'Expect it for visitors. If the user is signed in to the app, look where the reason points.'),

  // The host app's own functions or their results are at fault.
  METABASE_SSO_SESSION_ID_FAILED: notReady((problem: string) => `\`sessionId\` ${problem}`,
    'Return the id of the browser session, or undefined, at once: a promise is neither. ' +
      'What the function threw is in the cause.'),
  METABASE_SSO_SECRET_FAILED: notReady(
    (option: string) => `the function in option "${option}" failed`,
    'Return a key within `timeout`. What the function threw is in the cause.'),
  METABASE_SSO_GET_USER_FAILED: notReady(() => '`getUser` failed',
    'Look at the cause: your own function threw, or did not settle within `timeout`.'),
  METABASE_SSO_PAGE_URL_FAILED: notReady(
    (option: string) => `\`${option}\` failed or returned neither a path nor an http(s) URL`,
    'Look at the cause, if there is one, and at what your own function returns.'),
  METABASE_SSO_ORIGIN_FAILED: notReady(() => '`origin` failed or returned neither true nor false',
    'Look at the cause, if there is one: your own function threw, or did not settle within `timeout`.'),
  METABASE_SSO_AUTHORIZE_FAILED: notReady(
    (option: string, problem: string) => `\`${option}\` did not decide: it ${problem}`,
    'Return true or false from `authorize` and `allowAdministrators`. What a function threw is in the cause.',
    'Return from `guest.authorize` the locked params as an object, {} for an item without any, or false. What it ' +
      'threw is in the cause.'),
  METABASE_SSO_MAPPER_FAILED: notReady(() => '`mapUserToClaims` failed',
    'Look at the cause: your own function threw, or did not settle within `timeout`.'),
  METABASE_SSO_CLAIMS_INVALID: notReady((problem: string) => `the claims cannot be signed: ${problem}`,
    'Return from `mapUserToClaims` what docs/claims.md lists (without one, the user has to hold it): Metabase would ' +
      'drop or misread anything else without a word (metabase#61221).'),
  METABASE_SSO_CLAIM_TENANT_MISSING: notReady(() => 'the claims hold no @tenant, which `requireTenant` asks for',
    'Return @tenant from `mapUserToClaims` for every user: ' +
      'a first login without it makes a user internal (metabase#78009).'),

  METABASE_SSO_SESSION_ID_MISSING: notReady(() => '`revoke` was called without a session id or a request',
    'Pass the `id` of the session that `exchange` returned, or the request whose user session ends.'),
  METABASE_SSO_SESSION_GONE: notReady(() => '`revoke` was called with a request that has no session',
    'Call `revoke(request)` before `request.session.destroy()`: with the session goes what is known of it. With the ' +
      'option `sessionId`, do not call it where that returns undefined.'),
  METABASE_SSO_OPTION_OFF: notReady((call: string, option: string) => `${call} requires the option "${option}"`,
    'Set the option. Without `secret` a registration has guest embeds alone; without `logout` no Metabase session is ' +
      'remembered, and `revoke` takes the id of one.'),
  METABASE_SSO_TOKEN_TOO_LARGE: notReady((limit: string) => `the JWT is larger than ${limit}`,
    'Send fewer groups or attributes. Proxies refuse redirects of over 8,000 characters; `{ jwt }` and the exchange ' +
      'carry up to 64 KiB.'),
  METABASE_SSO_SESSION_STORE_FAILED: row(500, 'The app could not look up your sessions.')(
    () => 'the session store failed or did not answer in time',
    'Look at the cause. The store holds which Metabase sessions to reuse, and which to end when a user signs out.'),
  METABASE_SSO_GUEST_RESOURCE_INVALID: guestNotReady(
    (problem: string) => `"resource" ${problem}`,
    'Give { dashboard: id } or { question: id } as the resource, where the id is a positive integer or an entity id ' +
      'of 21 characters.'),
  METABASE_SSO_GUEST_PARAMS_INVALID: guestNotReady(
    (problem: string) => `the locked params cannot be signed: ${problem}`,
    'Name each locked parameter by its slug, {} when there is none. Metabase refuses white space alone, null and ' +
      'objects, or lets the visitor choose; [] switches a locked filter off.'),

  // The app, or Metabase, refuses this user or page.
  METABASE_SSO_GUEST_NOT_AUTHORIZED: row(403, 'You may not see this.')(
    () => '`guest.authorize` does not let this user see the item',
    'Expect it where your own rule says so: the browser chooses what it asks for. ' +
      'A branch that returns nothing counts as a no; return {} for an item without locked params.'),
  METABASE_SSO_CROSS_SITE: row(403, 'This page may not ask for that.')(
    (problem: string) => `the request comes from no page that may ask: it ${problem}`,
    'Add the origin of the page to `origin` if it is a front end of yours, and call the route with `fetch`, without ' +
      "`mode: 'no-cors'`."),
  METABASE_SSO_PREFETCH: row(403, 'Metabase is opened by a click, not ahead of it.')(
    () => 'the request is a prefetch',
    'Ignore it: the click signs in. To save the request, switch prefetching off for this link.'),
  METABASE_SSO_NOT_AUTHORIZED: refused(() => '`authorize` does not let this user sign in to Metabase',
    'Expect it where your own rule says so; a branch that returns nothing counts as a no. Metabase was not asked.'),
  METABASE_SSO_ADMINISTRATORS_REFUSED: refused(() => 'the claim "groups" names the group Administrators of Metabase',
    'Set `allowAdministrators` to true, or to a function that tells for which users, if that is meant. Without group ' +
      'mappings Metabase would make this user an administrator.'),
  METABASE_SSO_ACCOUNT_REFUSED: refused(() => 'Metabase has no active account for this user and may not create one',
    `Create or reactivate the account in Metabase, or switch on user provisioning for JWT: ${JWT_PAGE}. ` +
      'Adding a group mapping can switch it off (metabase#75352).'),
  METABASE_SSO_TENANT_REFUSED: refused(() => 'Metabase refuses the tenant of this user without saying why',
    'Look at the log of Metabase. The user is of another tenant or of none, the tenant is deactivated, or tenants ' +
      'are switched off. Metabase before PR 78492 can refuse a right @tenant (metabase#78413).'),
  METABASE_SSO_TENANT_ON_INTERNAL_USER: refused(
    () => 'the claims name a tenant, but Metabase knows the user as an internal one',
    'Have an admin repair it with PUT /api/user/:id {tenant_id}: a first login without @tenant made the user ' +
      'internal (metabase#78009), or the first login after a start of Metabase before PR 78492 did (metabase#78413).'),
  METABASE_SSO_TENANT_REQUIRED: refused(() => 'Metabase knows the user as a tenant user, but the claims name no tenant',
    'Return @tenant from `mapUserToClaims` for this user.'),
  METABASE_SSO_TENANT_MISMATCH: refused(
    () => 'the tenant in the claims is not the one that Metabase knows the user by',
    'Return the tenant that the account was created with, or have an admin move it: PUT /api/user/:id {tenant_id}.'),
  METABASE_SSO_TENANT_GROUP_MISMATCH: refused(
    () => 'the groups in the claims are of another kind than the user: tenant groups, or internal ones',
    'Return @tenant together with tenant groups, and never without. Metabase has rolled the login back.'),
  METABASE_SSO_TENANT_INACTIVE: refused(() => 'the tenant of this user is deactivated in Metabase',
    'Reactivate the tenant in Metabase, or stop offering analytics to its users.'),
  METABASE_SSO_TENANTS_DISABLED: refused(
    () => 'the claims name a tenant, but tenants are switched off in Metabase',
    'Switch the multi-tenant strategy on in Metabase: Admin > People, behind the gear.'),

  // Metabase and the app are set up differently.
  METABASE_SSO_SECRET_REFUSED: misconfigured(() => 'Metabase says that the signature of the JWT is wrong',
    `Copy the JWT signing key from Metabase (${JWT_PAGE}) into \`secret\` again: it was regenerated, cut short, ` +
      'is the embedding secret key, or belongs to another instance.'),
  METABASE_SSO_SSO_DISABLED: misconfigured(
    () => 'JWT single sign-on is not switched on in Metabase, or its licence lacks it',
    `Switch it on, with an identity provider URI and a signing key: ${JWT_PAGE}. ` +
      'If it is on, check the licence: JWT sign-in needs a Pro or Enterprise plan with a valid token.'),
  METABASE_SSO_OPEN_SOURCE: misconfigured(() => 'this is the open-source edition of Metabase, which has no JWT sign-in',
    'Get a Pro or Enterprise plan and its edition of Metabase, or use guest embeds, which work without.'),
  METABASE_SSO_NOT_FOUND: misconfigured(() => 'Metabase has no sign-in endpoint at this URL',
    'Check the path prefix of `instanceUrl`: is one missing, or one too many?'),
  METABASE_SSO_SDK_EMBEDDING_DISABLED: misconfigured(
    () => 'modular embedding (the React SDK) is switched off in Metabase',
    `Switch it on: ${EMBEDDING_PAGE}. Metabase 56 and later sign in without it.`),
  METABASE_SSO_TOKEN_TOO_OLD: misconfigured(() => 'Metabase finds the JWT older than it allows (180 seconds)',
    'Check NTP on both servers: the clocks differ, this one is behind or Metabase ahead.'),
  METABASE_SSO_TOKEN_EXPIRED: misconfigured(() => 'Metabase finds the JWT expired',
    'Check NTP on both servers: the clocks differ by more than `tokenLifetime`, or that is a very few seconds.'),
  METABASE_SSO_TOKEN_REFUSED: misconfigured(
    () => 'Metabase refuses the JWT in words that are hidden or not in English',
    'Look at the log of Metabase at this moment. Either the signing key is wrong, the clocks differ, or the account ' +
      'is unknown or deactivated and may not be created.'),
  METABASE_SSO_TOKEN_MISSING: misconfigured(() => 'the JWT did not reach Metabase',
    'Look at proxies and firewalls between here and Metabase: something drops request bodies.'),
  METABASE_SSO_EMAIL_CLAIM_UNKNOWN: misconfigured(() => 'Metabase finds no e-mail in the JWT',
    `Set \`claimNames\`: the e-mail attribute was renamed in Metabase (${JWT_PAGE}).`),
  METABASE_SSO_TENANT_CLAIM_REFUSED: misconfigured(() => 'Metabase finds a tenant claim that is no string',
    `Set \`claimNames\`: another claim has the name of the tenant attribute, which was renamed (${JWT_PAGE}).`),
  METABASE_SSO_HASH_REFUSED: misconfigured(() => 'Metabase 55 did not accept the hash it had just given out',
    'Upgrade Metabase, or let requests of one client reach one of its nodes.'),

  // The network, or something in front of Metabase.
  METABASE_SSO_UNREACHABLE: noResponse((failure: string) => `Metabase cannot be reached (${failure})`,
    'Check that Metabase runs and that this server reaches `instanceUrl` (DNS, firewall).'),
  METABASE_SSO_TLS_FAILED: noResponse(
    (code: string) => code === 'ERR_SSL_WRONG_VERSION_NUMBER'
      ? 'the port of Metabase does not speak https'
      : `there is no trusted TLS connection to Metabase (${code})`,
    'Write http:// in `instanceUrl`, or the port of https, if its port does not speak https. Else check the ' +
      'certificate: for a private authority set NODE_EXTRA_CA_CERTS, or pass a `dispatcher` that trusts it.'),
  METABASE_SSO_GATEWAY_FAILED: noResponse(
    (status: number) => `something in front of Metabase answered with status ${status}`,
    'Look at the proxy and at Metabase, which is down, starting or overloaded behind it.'),
  METABASE_SSO_PROXY_REFUSED: noResponse(
    (status: number) => `something in front of Metabase refused with status ${status}`,
    'Check that `instanceUrl` is the address of Metabase. If it is, look at what stands in front: a proxy, a web ' +
      'application firewall, a login wall, a rate limit. Let requests to /auth/sso and below through.'),
  METABASE_SSO_REDIRECTED: noResponse(
    (status: number) => `Metabase answered with an unexpected redirect (status ${status})`,
    'Check that `instanceUrl` is the final URL (https, the canonical host), and that no login wall guards it. ' +
      '`curl -i` with `instanceUrl` and /auth/sso shows where the redirect leads.'),
  METABASE_SSO_RESPONSE_NOT_JSON: noResponse((type: string) => `Metabase answered with ${type} instead of JSON`,
    'Check `instanceUrl`; or a proxy, CDN or maintenance page answers in place of Metabase.'),
  METABASE_SSO_RESPONSE_MALFORMED: noResponse(() => 'the response of Metabase is not valid JSON',
    'Look at what stands between Metabase and this server: something cuts or changes responses.'),
  METABASE_SSO_RESPONSE_UNEXPECTED: noResponse(() => 'the JSON that Metabase answered with is not a session',
    'Check that `instanceUrl` points at a Metabase. If it does, please report this with its version.'),
  METABASE_SSO_RESPONSE_TOO_LARGE: noResponse(() => 'the response of Metabase is larger than 1 MiB',
    'Check that `instanceUrl` points at a Metabase: a session takes 200 bytes.'),
  METABASE_SSO_STATUS_UNEXPECTED: noResponse((status: number) => `Metabase answered with status ${status}`,
    'Look at the log of Metabase at this moment.'),
  METABASE_SSO_OVERLOADED: row(503, 'Too many people sign in to Metabase at the moment. Please try again.')(
    (reason: string) => `the exchange was rejected: ${reason}`,
    'Check the load of Metabase: sign-ins arrive faster than it answers. ' +
      'Raise `connections` if it can serve more at once.'),
  METABASE_SSO_UNAVAILABLE: row(503, 'Metabase is not available at the moment. Please try again.')(
    (last: string) =>
      `Metabase has failed for a second or more and is asked once a second whether it is back (last: ${last})`,
    'Look at Metabase, and for the errors before this. Sign-ins work again with the first response.'),
  METABASE_SSO_TIMEOUT: row(504, 'Metabase did not answer in time.')(
    (limit: string) => `Metabase did not answer in time (${limit})`,
    'Look at Metabase and the network to it, which are slow or hang, or raise `timeout`.')
} satisfies Record<string, ErrorRow>

const rows = { ...bootRows, ...requestRows }

type Rows = typeof rows

/**
 * Every `code` that an error of this package can carry. Codes are stable: they change with a major version only.
 * @example const slow: MetabaseSsoErrorCode[] = ['METABASE_SSO_TIMEOUT', 'METABASE_SSO_OVERLOADED']
 */
export type MetabaseSsoErrorCode = keyof Rows

interface ErrorOptions {
  cause?: unknown
  /** When to come again, in seconds. */
  retryAfter?: string | undefined
  /** Default: that of the code. */
  hint?: string | undefined
}

/**
 * The base class of every error of this package.
 * @example if (error instanceof MetabaseSsoError) reply.code(error.statusCode).send({ error: error.publicMessage })
 */
export class MetabaseSsoError extends Error {
  static {
    this.prototype.name = 'MetabaseSsoError'
  }

  /** Stable, for programs. */
  readonly code: MetabaseSsoErrorCode
  /** The HTTP status that the plugin's routes answer with. */
  readonly statusCode: number
  /** What an operator can do about it. For the log, not for the browser. */
  readonly hint: string
  /** URL of what the documents say of the code. For the log, as the hint. */
  readonly docs: string
  /** One sentence that is safe to show in the browser. */
  declare readonly publicMessage: string
  /** Of the response; Fastify's own error handler sets them, too. */
  declare readonly headers?: Readonly<Record<string, string>>

  constructor (code: MetabaseSsoErrorCode, message: string, options: ErrorOptions = {}) {
    super(message, options)
    const { status, public: publicMessage, hint: general } = rows[code]
    const { retryAfter = status === 503 ? '1' : undefined, hint = general } = options
    this.code = code
    this.statusCode = status
    this.hint = hint
    this.docs = docsUrl('troubleshooting.md', code.toLowerCase())
    // Not enumerable: a log needs neither.
    Object.defineProperty(this, 'publicMessage', { value: publicMessage })
    if (retryAfter !== undefined) Object.defineProperty(this, 'headers', { value: { 'retry-after': retryAfter } })
  }
}

type ErrorClass<Row extends ErrorRow> = Row['message'] extends (...details: infer Details) => string
  ? new (...details: [...Details, options?: ErrorOptions]) => MetabaseSsoError
  : never

type ErrorClasses = { readonly [Code in MetabaseSsoErrorCode]: ErrorClass<Rows[Code]> }

function errorClass (code: MetabaseSsoErrorCode): unknown {
  const { message, hint: general, guestHint } = rows[code]
  const text: (...details: unknown[]) => string = message as never
  const isBoot = Object.hasOwn(bootRows, code)
  const Class = class extends MetabaseSsoError {
    constructor (...details: unknown[]) {
      const clause = text(...details)
      const hint = /^guest(\.|$)/.test(String(details[0])) ? guestHint : general
      // A boot that fails is often printed bare, by Node itself: then the message has to say it all.
      const full = isBoot ? `fastify-metabase-sso: ${clause}. ${hint}` : clause
      super(code, full, { hint, ...details[text.length] as ErrorOptions | undefined })
    }
  }
  return Object.defineProperty(Class, 'name', { value: code })
}

const codes = Object.keys(rows) as MetabaseSsoErrorCode[]

/**
 * One class a code: `error instanceof errorCodes.METABASE_SSO_TIMEOUT`.
 * @example if (error instanceof errorCodes.METABASE_SSO_TIMEOUT) app.log.warn('Metabase is slow')
 */
export const errorCodes = Object.freeze(Object.fromEntries(codes.map(code => [code, errorClass(code)]))) as ErrorClasses
