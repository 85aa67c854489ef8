import createError from '@fastify/error'

/** What the browser is told. It never says more than the person in front of it can use. */
const NOT_READY = 'The app could not prepare the sign-in to Metabase.'
const NO_ANSWER = 'Metabase could not be reached or gave no usable answer.'
const SET_UP = 'Metabase does not accept sign-ins from this app at the moment.'
const REFUSED = 'This account is not allowed to sign in to Metabase.'
const GUEST_NOT_READY = 'The app could not prepare what Metabase should show here.'

/**
 * One row an error: HTTP status, sentence for the browser, message for the log (`%s` is filled in where
 * the error is made), hint for the operator. The README's tables are tested against these rows.
 */
type ErrorRow = readonly [status: number, publicMessage: string, message: string, hint: string]

/** The options are wrong: `app.ready()` is rejected. What a `secret` function returns, and how a `dispatcher` behaves, shows at a request only. */
export const bootRows = {
  METABASE_SSO_OPTION_UNKNOWN: [500, NOT_READY, 'there is no option "%s"%s', 'The README lists the options.'],
  METABASE_SSO_OPTION_INVALID: [500, NOT_READY, 'option "%s" %s', 'The README lists the options.'],
  METABASE_SSO_SECRET_MISSING: [500, NOT_READY, 'option "%s" is missing or blank', 'Set `secret` to the JWT signing key from Metabase: Admin > Settings > Authentication > JWT. (`guest.secret` is another one: Admin > Embedding.) Is the environment variable set?'],
  METABASE_SSO_SECRET_WHITESPACE: [500, NOT_READY, 'option "%s" begins or ends with white space', 'Most likely a line break or a space was copied along with the key: paste it again without.'],
  METABASE_SSO_SECRET_TOO_SHORT: [500, NOT_READY, 'option "%s" is shorter than 32 characters', 'Use the key that Metabase generates (64 characters); a short one can be guessed from any JWT.'],
  METABASE_SSO_INSTANCE_URL_INVALID: [500, NOT_READY, 'option "instanceUrl" is missing, or is not a complete URL', 'Write it with its scheme, such as https://metabase.example.com.'],
  METABASE_SSO_INSTANCE_URL_PROTOCOL: [500, NOT_READY, 'option "instanceUrl" must begin with https:// or http://', 'Write it with its scheme, such as https://metabase.example.com.'],
  METABASE_SSO_INSTANCE_URL_CREDENTIALS: [500, NOT_READY, 'option "instanceUrl" holds a user name or a password', 'Remove them: people are redirected to this URL. For a proxy that wants credentials pass a `dispatcher`.'],
  METABASE_SSO_INSTANCE_URL_QUERY: [500, NOT_READY, 'option "instanceUrl" holds a query or a fragment', 'Give the base URL alone; a path prefix is fine.'],
  METABASE_SSO_ORIGIN_WILDCARD: [500, NOT_READY, 'option "origin" may not be true, "*" or a pattern that matches everything', 'This endpoint hands out credentials: list the exact origins of your front ends.'],
  METABASE_SSO_ORIGIN_INVALID: [500, NOT_READY, 'option "origin" %s', 'An origin is a scheme, a host and perhaps a port, such as https://app.example.com, without a path.'],
  METABASE_SSO_GUEST_SECRET_SHARED: [500, GUEST_NOT_READY, 'option "guest.secret" is the same as the JWT signing key', 'Metabase has two: `guest.secret` is its embedding secret key (Admin > Embedding), `secret` its JWT signing key (Admin > Settings > Authentication > JWT).'],
  METABASE_SSO_SESSION_STORE_MISSING: [500, NOT_READY, 'option "%s" is set, but there is no `request.sessionStore`', 'Sessions at Metabase are remembered in the store of @fastify/session: register @fastify/cookie and @fastify/session on the same app or a parent of it.'],
  METABASE_SSO_SESSION_MISSING: [500, NOT_READY, 'there is no `request.session` and no `getUser`', 'Register @fastify/cookie and @fastify/session on the same app or a parent of it, or pass `getUser`.'],
  METABASE_SSO_PATH_TAKEN: [500, NOT_READY, 'the route %s is already taken', 'Give each registration its own `path` (or `prefix`).'],
  METABASE_SSO_NAMESPACE_TAKEN: [500, NOT_READY, '%s is already taken by another registration', 'Give each registration its own `namespace`; one of them may go without.']
} as const satisfies Record<string, ErrorRow>

/** A sign-in failed. */
export const requestRows = {
  // The request is wrong, or nobody is signed in.
  METABASE_SSO_RETURN_TO_INVALID: [400, 'return_to must be a path on Metabase, or a URL of it.', 'return_to is not on the Metabase instance', 'Link to a path such as /dashboard/1. If the URL is right, check that `instanceUrl` has the same scheme, host and port.'],
  METABASE_SSO_BODY_INVALID: [400, 'The request must be { entityType, entityId, customContext? } in JSON.', 'the body is not what embed.js sends', 'entityType is "dashboard" or "question"; entityId is a positive integer or an entity id of 21 characters; customContext is a string, an object or an array; there is nothing else.'],
  METABASE_SSO_BODY_TOO_LARGE: [413, 'The request is too large.', 'the body is larger than 16 KiB', 'Let `custom-context` name things instead of holding them.'],
  METABASE_SSO_BODY_NOT_JSON: [415, 'The request must be JSON.', 'the body is not application/json', 'embed.js sends JSON; so should your own calls, with this content type.'],
  METABASE_SSO_NOT_AUTHENTICATED: [401, 'Nobody is signed in to the app.', 'nobody is signed in', 'Expected for visitors. For signed-in users: did the session cookie arrive (SameSite, Secure, CORS credentials), does the session hold `user`, does `getUser` find it?'],

  // The host app's own functions or their results are at fault.
  METABASE_SSO_SECRET_FAILED: [500, NOT_READY, 'the function in option "%s" failed or returned neither a string nor a Buffer', 'Look at the cause: your own function could not fetch the secret, or not within `timeout`.'],
  METABASE_SSO_GET_USER_FAILED: [500, NOT_READY, '`getUser` failed', 'Look at the cause: your own function threw, or did not settle within `timeout`.'],
  METABASE_SSO_LOGIN_URL_FAILED: [500, NOT_READY, '`loginUrl` failed or returned neither a path nor an http(s) URL', 'Look at the cause, if there is one, and at what your own function returns.'],
  METABASE_SSO_AUTHORIZE_FAILED: [500, NOT_READY, '`authorize` failed, or returned something else than a yes or a no', 'Look at the cause, if there is one. `authorize` returns true or false; `guest.authorize` returns the locked params as an object, or false.'],
  METABASE_SSO_MAPPER_FAILED: [500, NOT_READY, '`mapUserToClaims` failed', 'Look at the cause: your own function threw, or did not settle within `timeout`.'],
  METABASE_SSO_CLAIMS_NOT_OBJECT: [500, NOT_READY, 'the claims are not a plain object', 'Return an object literal from `mapUserToClaims`; without one, the user itself must be an object.'],
  METABASE_SSO_CLAIM_EMAIL_INVALID: [500, NOT_READY, 'claim "email" is missing or is no e-mail address', 'Metabase finds the account by its e-mail: set `email`.'],
  METABASE_SSO_CLAIM_NAME_INVALID: [500, NOT_READY, 'claim "%s" is not a string', 'Make it a string, or leave it out when the user has none.'],
  METABASE_SSO_CLAIM_GROUPS_INVALID: [500, NOT_READY, 'claim "groups" is not an array of strings', 'Return group names. Leave `groups` out to keep memberships as they are; [] removes the user from every mapped group.'],
  METABASE_SSO_CLAIM_ATTRIBUTE_INVALID: [500, NOT_READY, 'claim "%s" is neither a string, a finite number nor a boolean', 'Metabase drops such an attribute without telling anyone (metabase#61221): flatten it, join it, or leave it out.'],
  METABASE_SSO_CLAIM_RESERVED: [500, NOT_READY, 'claim "%s" begins with @, which Metabase reserves', 'Only @tenant and @tenant.attributes mean something to Metabase; rename the attribute.'],
  METABASE_SSO_CLAIM_TENANT_INVALID: [500, NOT_READY, 'claim "%s" is not of the type that Metabase expects', '@tenant is a non-empty string or an integer; @tenant.attributes is an object of strings, numbers and booleans.'],
  METABASE_SSO_CLAIM_TENANT_MISSING: [500, NOT_READY, 'the claims hold no @tenant, which `requireTenant` asks for', 'Return @tenant from `mapUserToClaims` for every user: a first login without it makes a user internal for good (metabase#78009).'],
  METABASE_SSO_CLAIM_TIME_SET: [500, NOT_READY, 'claim "%s" is set by the plugin', 'Leave iat, exp and nbf out of the claims; `tokenLifetime` sets how long the JWT lives.'],

  METABASE_SSO_SESSION_ID_MISSING: [500, NOT_READY, '`revoke` was called without a session id or a request', 'Pass the `id` of what `exchange` returned, not the whole of it, or the request of the user who signs out.'],
  METABASE_SSO_LOGOUT_OFF: [500, NOT_READY, '`revoke` was called with a request, but option "logout" is not set', 'Without it, sessions at Metabase are not remembered: set `logout: true`, or pass the id of a session.'],
  METABASE_SSO_SESSION_STORE_FAILED: [500, 'The app could not look up your sessions.', 'the store of @fastify/session failed or did not answer in time', 'Look at the cause. The plugin keeps in it which Metabase sessions to reuse, and which to end when the user signs out.'],
  METABASE_SSO_GUEST_OFF: [500, GUEST_NOT_READY, 'guest embeds are not set up', 'Set the option `guest`.'],
  METABASE_SSO_GUEST_RESOURCE_INVALID: [500, GUEST_NOT_READY, 'the resource is neither { dashboard: id } nor { question: id }', 'An id is a positive integer or an entity id of 21 characters.'],
  METABASE_SSO_GUEST_PARAMS_INVALID: [500, GUEST_NOT_READY, 'the params are not a plain object', 'Name each locked parameter by its slug; {} when there is none.'],
  METABASE_SSO_GUEST_PARAM_INVALID: [500, GUEST_NOT_READY, 'param "%s" is not a non-empty string, a finite number, a boolean or an array of these', 'Metabase refuses it, or lets the visitor choose. Flatten objects; [] switches a locked filter off.'],

  // The app, or Metabase, refuses this person or page.
  METABASE_SSO_GUEST_NOT_AUTHORIZED: [403, 'You may not see this.', '`guest.authorize` does not let this user see the item', 'Expected where your own rule says so: the browser chooses what it asks for. A branch that returns nothing counts as a no; return {} for an item without locked params.'],
  METABASE_SSO_CROSS_SITE: [403, 'This page may not sign you out.', 'a page of another site asked to sign the user out', 'If it is a front end of yours, add its origin to `origin`.'],
  METABASE_SSO_NOT_AUTHORIZED: [403, REFUSED, '`authorize` does not let this user sign in to Metabase', 'Expected where your own rule says so; a branch that returns nothing counts as a no. Metabase was not asked.'],
  METABASE_SSO_ACCOUNT_REFUSED: [403, REFUSED, 'Metabase has no active account for this user and may not create one', 'Create or reactivate the account in Metabase, or switch on user provisioning for JWT.'],
  METABASE_SSO_TENANT_ON_INTERNAL_USER: [403, REFUSED, 'the claims name a tenant, but Metabase knows the user as an internal one', 'A first login without @tenant makes a user internal for good (metabase#78009): leave @tenant out, or use another account.'],
  METABASE_SSO_TENANT_REQUIRED: [403, REFUSED, 'Metabase knows the user as a tenant user, but the claims name no tenant', 'Return @tenant from `mapUserToClaims` for this user.'],
  METABASE_SSO_TENANT_MISMATCH: [403, REFUSED, 'the tenant in the claims is not the one that Metabase knows the user by', 'Return the tenant the account was created with; an account cannot change tenants.'],
  METABASE_SSO_TENANT_INACTIVE: [403, REFUSED, 'the tenant of this user is deactivated in Metabase', 'Reactivate the tenant in Metabase, or stop offering analytics to its users.'],
  METABASE_SSO_TENANTS_DISABLED: [403, REFUSED, 'the claims name a tenant, but tenants are switched off in Metabase', 'Switch tenants on in Metabase, or leave @tenant out of the claims.'],

  // Metabase and the app are set up differently.
  METABASE_SSO_SECRET_REFUSED: [502, SET_UP, 'Metabase says that the signature of the JWT is wrong', 'Copy the JWT signing key from Metabase (Admin > Settings > Authentication > JWT) into `secret` again: it was regenerated, cut short, or belongs to another instance.'],
  METABASE_SSO_SSO_DISABLED: [502, SET_UP, 'JWT single sign-on is not switched on in Metabase', 'Switch it on: Admin > Settings > Authentication > JWT, with an identity provider URI and a signing key.'],
  METABASE_SSO_LICENSE_MISSING: [502, SET_UP, 'the plan of this Metabase does not include JWT single sign-on', 'JWT sign-in needs a Pro or Enterprise plan with a valid license token.'],
  METABASE_SSO_NOT_FOUND: [502, SET_UP, 'Metabase has no sign-in endpoint at this URL', 'Either this is the open-source edition, which has no JWT sign-in, or `instanceUrl` lacks a path prefix.'],
  METABASE_SSO_SDK_EMBEDDING_DISABLED: [502, SET_UP, 'embedding with the React SDK is switched off in Metabase', 'Switch it on: Admin > Embedding > SDK.'],
  METABASE_SSO_SIMPLE_EMBEDDING_DISABLED: [502, SET_UP, 'modular embedding (embed.js) is switched off in Metabase', 'Switch it on: Admin > Embedding.'],
  METABASE_SSO_TOKEN_TOO_OLD: [502, SET_UP, 'Metabase finds the JWT older than it allows (180 seconds)', 'The clocks differ: this server is behind, or Metabase is ahead. Check NTP on both.'],
  METABASE_SSO_TOKEN_EXPIRED: [502, SET_UP, 'Metabase finds the JWT expired', 'The clocks differ by more than `tokenLifetime`, or that is set to a very few seconds.'],
  METABASE_SSO_TOKEN_FROM_FUTURE: [502, SET_UP, 'Metabase finds the JWT issued in the future', 'The clocks differ: this server is ahead, or Metabase is behind (metabase#8872). Check NTP on both.'],
  METABASE_SSO_TOKEN_REFUSED: [502, SET_UP, 'Metabase refuses the JWT without saying why', 'Look at the log of Metabase at this moment. Most likely the clocks differ, or the account may not sign in; a test of the secret did not find it wrong.'],
  METABASE_SSO_TOKEN_MISSING: [502, SET_UP, 'Metabase says that no JWT arrived', 'Something between here and Metabase drops request bodies: look at proxies and firewalls.'],
  METABASE_SSO_EMAIL_CLAIM_UNKNOWN: [502, SET_UP, 'Metabase finds no e-mail in the JWT', 'The e-mail attribute was renamed in the JWT settings of Metabase: return it under that name.'],
  METABASE_SSO_REDIRECT_REFUSED: [502, SET_UP, 'Metabase refuses to redirect there', 'Its site URL (Admin > Settings > General) and `instanceUrl` should be on the same host.'],
  METABASE_SSO_POST_NOT_SUPPORTED: [502, SET_UP, 'this Metabase does not take a JWT by POST', 'Older versions do not; the plugin falls back by itself. If this is in your log, please report it with the version of Metabase.'],
  METABASE_SSO_HASH_REFUSED: [502, SET_UP, 'Metabase 55 did not accept the hash it had just given out', 'With several Metabase 55 nodes, let requests of one client reach one node, or upgrade Metabase.'],

  // The network, or something in front of Metabase.
  METABASE_SSO_UNREACHABLE: [502, NO_ANSWER, 'Metabase cannot be reached (%s)', 'Is it running, is `instanceUrl` right as seen from this server, do DNS and the firewall allow it?'],
  METABASE_SSO_TLS_FAILED: [502, NO_ANSWER, 'there is no trusted TLS connection to Metabase (%s)', 'Check the certificate. For a private authority set NODE_EXTRA_CA_CERTS, or pass a `dispatcher` that trusts it.'],
  METABASE_SSO_GATEWAY_FAILED: [502, NO_ANSWER, 'something in front of Metabase answered with status %s', 'Metabase is down, starting or overloaded behind a proxy: look at the proxy and at Metabase.'],
  METABASE_SSO_REDIRECTED: [502, NO_ANSWER, 'Metabase answered with an unexpected redirect (status %s)', 'Is `instanceUrl` the final URL (https rather than http, the canonical host)? Does a login page guard it?'],
  METABASE_SSO_ANSWER_NOT_JSON: [502, NO_ANSWER, 'Metabase answered with %s instead of JSON', 'A proxy, CDN or maintenance page answers in place of Metabase, or `instanceUrl` points elsewhere.'],
  METABASE_SSO_ANSWER_MALFORMED: [502, NO_ANSWER, 'the answer of Metabase is not valid JSON', 'Something cuts or changes answers between Metabase and this server.'],
  METABASE_SSO_ANSWER_UNEXPECTED: [502, NO_ANSWER, 'the JSON that Metabase answered is not a session', 'Does `instanceUrl` point at a Metabase? If so, please report this with its version.'],
  METABASE_SSO_ANSWER_TOO_LARGE: [502, NO_ANSWER, 'the answer of Metabase is larger than 1 MiB', 'Does `instanceUrl` point at a Metabase? A session takes 200 bytes.'],
  METABASE_SSO_STATUS_UNEXPECTED: [502, NO_ANSWER, 'Metabase answered with status %s', 'Look at the log of Metabase at this moment.'],
  METABASE_SSO_OVERLOADED: [503, 'Too many people sign in to Metabase at the moment. Please try again.', 'more sign-ins wait for Metabase than `queue` allows, or this one waited in vain for half of `timeout`', 'Metabase answers more slowly than people come: look at it. If it can bear more at a time, raise `connections`.'],
  METABASE_SSO_UNAVAILABLE: [503, 'Metabase is not available at the moment. Please try again.', 'Metabase has failed for a second or more and is asked once a second whether it is back (the last time: %s)', 'Look at Metabase, and for the errors before this. Sign-ins work again with the first answer.'],
  METABASE_SSO_CLIENT_GONE: [499, 'The request was cancelled.', 'the client went away before Metabase answered', 'Expected when people leave a page while it loads. If there are many, see how long Metabase takes.'],
  METABASE_SSO_TIMEOUT: [504, 'Metabase did not answer in time.', 'Metabase did not answer in time (`timeout` is %s ms)', 'Metabase or the network to it is slow or hangs: look at it, or raise `timeout`.']
} as const satisfies Record<string, ErrorRow>

const rows = { ...bootRows, ...requestRows }

/** Every `code` that an error of this package can carry. Codes are stable: they change with a major version only. */
export type MetabaseSsoErrorCode = keyof typeof rows

/** What every error of this package is an `instanceof`. */
export class MetabaseSsoError extends Error {
  /** Stable, for programs. */
  declare readonly code: MetabaseSsoErrorCode
  /** The HTTP status that the plugin's routes answer with. */
  declare readonly statusCode: number
  /** What an operator can do about it. For the log, not for the browser. */
  declare readonly hint: string
  /** One sentence that is safe to show in the browser. */
  declare readonly publicMessage: string
  /** Of the answer; Fastify's own error handler sets them, too. With status 503: when to come again. */
  declare readonly headers?: Readonly<Record<string, string>>
}

type ErrorClass = new (...details: Array<string | number | { cause: unknown }>) => MetabaseSsoError

function errorClass (code: string, [status, publicMessage, message, hint]: ErrorRow): ErrorClass {
  // A boot that fails is often printed bare, by Node itself: then the message has to say it all.
  const text = Object.hasOwn(bootRows, code) ? `fastify-metabase-sso: ${message}. ${hint}` : message
  const Class = createError(code, text, status, MetabaseSsoError as unknown as ErrorConstructor)
  Object.defineProperty(Class.prototype, 'publicMessage', { value: publicMessage })
  if (status === 503) Object.defineProperty(Class.prototype, 'headers', { value: { 'retry-after': '1' } })
  // Enumerable, so that pino writes it into the log beside code and statusCode.
  Object.defineProperty(Class.prototype, 'hint', { value: hint, enumerable: true })
  return Class as unknown as ErrorClass
}

/** One class a code: `error instanceof errorCodes.METABASE_SSO_TIMEOUT`. */
export const errorCodes = Object.freeze(Object.fromEntries(
  Object.entries(rows).map(([code, row]) => [code, errorClass(code, row)])
)) as { readonly [Code in MetabaseSsoErrorCode]: ErrorClass }
