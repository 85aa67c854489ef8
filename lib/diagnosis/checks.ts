import { EMBEDDING_PAGE, JWT_PAGE, requestRows } from '../errors.js'
import { docsUrl } from '../package.js'

/**
 * What a check is about. A run can be limited to groups.
 * @example const groups: DiagnosisGroup[] = ['network']
 */
export type DiagnosisGroup =
  'network' | 'instance' | 'sso' | 'secret' | 'embedding' | 'guest' | 'sign-in' | 'app'

/** One way in which a check can fail. */
export interface Problem {
  /** One clause. */
  summary: string
  /** Begins with an imperative. */
  fix: string
  /** Whether the app may be fine all the same: it depends on what it uses. */
  isWarning?: true
}

/**
 * Makes the row of one check. docs/troubleshooting.md is made of these.
 * @param needs checks without which it says nothing: it is skipped where one of them failed or was skipped
 * @param title what holds when it passes: one clause
 * @param symptoms texts and sights by which a fault shows
 * @param unseen causes of the same symptoms that no check sees, a sentence each
 */
const row = <const Problems extends Readonly<Record<string, Problem>>>(
  group: DiagnosisGroup, needs: readonly string[], title: string, symptoms: readonly string[], problems: Problems,
  unseen: readonly string[] = []
) => ({ group, needs, title, symptoms, problems, unseen })

const warning = (summary: string, fix: string): Problem => ({ summary, fix, isWarning: true })
const failure = (summary: string, fix: string): Problem => ({ summary, fix })

const CLOCKS = 'Set the clocks right: check NTP on both servers.'
const PROXY_FIX = 'Check that `instanceUrl` is the address of Metabase. Look at what stands in front: a proxy, a web ' +
  'application firewall, a login wall. Let requests to /auth/sso, /api and below through.'

const ENV_PROXY_FIX = 'Set NODE_USE_ENV_PROXY=1, with which the plugin reads HTTP_PROXY, HTTPS_PROXY and NO_PROXY, ' +
  'or pass a `dispatcher` that goes through the proxy.'

const UPGRADE = 'Upgrade Metabase to 50 or later.'

const SITE_URL_FIX =
  'Set the site URL (Admin > Settings > General) to `publicUrl`, or `publicUrl` to the address that browsers use.'

const WITHOUT_SPACE = 'Write the key without white space: a line break or space was pasted along.'
const WITHOUT_QUOTES = 'Write the key without quotes where it is set: in the environment they are a part of it.'

const OUR_CORS = 'Let the plugin set the CORS headers: a proxy or a hook of the app replaces them.'

/** Every check, in the order in which they are run: causes before consequences. */
export const checkRows = {
  // Without a request to Metabase.
  address: row('network', [], 'the host name of `instanceUrl` has an address', [
    'METABASE_SSO_UNREACHABLE (ENOTFOUND)'
  ], {
    unknown: failure('the host name of `instanceUrl` has no address',
      'Check the spelling of `instanceUrl`, and the DNS that this server uses: in a container it may be another one.'),
    proxied: failure('the host name of `instanceUrl` has no address here, and this server has a proxy', ENV_PROXY_FIX)
  }),
  connection: row('network', ['address'], 'this server can connect to Metabase', [
    'METABASE_SSO_UNREACHABLE (ECONNREFUSED, EHOSTUNREACH)', 'METABASE_SSO_TIMEOUT'
  ], {
    refused: failure('no address of `instanceUrl` accepts a connection',
      'Start Metabase, and check the port in `instanceUrl` and the firewall between. From a container, localhost ' +
      'is the container itself.'),
    proxied: failure('no address of `instanceUrl` accepts a connection, and this server has a proxy', ENV_PROXY_FIX),
    partly: warning('one of the addresses of `instanceUrl` does not accept a connection',
      'Check the DNS entries of the host. Each new connection may lose time on the dead address.')
  }),
  tls: row('network', ['connection'], 'the connection to Metabase is encrypted and trusted, or meant to be plain', [
    'METABASE_SSO_TLS_FAILED'
  ], {
    plain: failure('the port of `instanceUrl` does not speak https',
      'Write http:// in `instanceUrl`, or the port of https.'),
    expired: failure('the certificate of Metabase has expired, or is not valid yet',
      'Get a new certificate for Metabase, and check the clock of this server.'),
    name: failure('the certificate of Metabase is for another host name',
      'Write the host name of the certificate in `instanceUrl`, or get a certificate for this one.'),
    untrusted: failure('this server does not trust the certificate of Metabase',
      'Set NODE_EXTRA_CA_CERTS to the certificate of your authority, or pass a `dispatcher` that trusts it.')
  }),
  response: row('network', ['tls'], 'something at `instanceUrl` answers requests', [
    'METABASE_SSO_GATEWAY_FAILED', 'METABASE_SSO_PROXY_REFUSED', 'METABASE_SSO_REDIRECTED', 'METABASE_SSO_TIMEOUT',
    'METABASE_SSO_NOT_FOUND', 'a 404 page on /auth/sso'
  ], {
    starting: failure('Metabase is still starting',
      'Let Metabase start, which takes minutes after an upgrade, and ask again.'),
    down: failure('something in front of Metabase answers that it is down',
      'Look at Metabase behind its proxy: it is down, starting or overloaded.'),
    redirected: failure('requests to `instanceUrl` are redirected',
      'Write the final URL in `instanceUrl` (https, the canonical host), and let no login wall guard it.'),
    refused: failure('something in front of Metabase refuses the requests of this server', PROXY_FIX),
    missing: failure('`instanceUrl` leads to a server that does not know the path',
      requestRows.METABASE_SSO_NOT_FOUND.hint)
  }),

  // What Metabase says of itself.
  metabase: row('instance', ['response'], 'the server at `instanceUrl` is a Metabase', [
    'METABASE_SSO_RESPONSE_NOT_JSON', 'METABASE_SSO_RESPONSE_UNEXPECTED', 'Unexpected token \'<\''
  ], {
    page: failure('a page answers in place of Metabase',
      'Check `instanceUrl`, its path prefix included. If it is right, a login, maintenance or error page of ' +
      'something in front of Metabase answers: let this server through.'),
    other: failure('the server at `instanceUrl` does not answer as Metabase does',
      'Check `instanceUrl`, its port and path prefix included.')
  }),
  version: row('instance', ['metabase'], 'the release of Metabase has no known fault in sign-ins', [
    'Error loading the Embedded Analytics SDK', 'a banner about versions', 'Invalid redirect URL',
    'Ambiguous URI path separator', 'Cannot add tenant claim to internal user', 'METABASE_SSO_TENANT_ON_INTERNAL_USER'
  ], {
    old: failure('this Metabase is older than version 50, the first with an SDK', UPGRADE),
    redirects: failure('1.46.7 refuses every `return_to` (metabase#33028)', UPGRADE),
    home: warning('this release of version 56 fails after a sign-in without `return_to` (metabase#63814)',
      'Upgrade Metabase to the last release of 56 or later. The plugin always sends `return_to`; links of your ' +
      'own may not.'),
    sdk: warning('version 57 before 57.2.3 fails to load its own React SDK (metabase#65964)',
      'Upgrade Metabase to 57.2.3 or later.'),
    tenants: warning('this release can make an internal user of the first tenant user after a start (metabase#78413)',
      'Upgrade Metabase to a release with PR 78492 (2026-07), if you use tenants.')
  }, [
    'The React SDK in your front end has another major version than Metabase: install the one of your Metabase.',
    'The Content-Security-Policy of your page blocks the script of the SDK: allow `publicUrl` in `script-src`.'
  ]),
  edition: row('instance', ['metabase'], 'the edition and the licence include JWT sign-in', [
    'SSO has not been enabled and/or configured', 'The auth/sso endpoint only exists in enterprise builds',
    'METABASE_SSO_OPEN_SOURCE', 'a 404 page on /auth/sso', '402 on /auth/sso'
  ], {
    'open-source': failure('this is the open-source edition of Metabase, which has no JWT sign-in',
      requestRows.METABASE_SSO_OPEN_SOURCE.hint),
    licence: failure('the licence of this Metabase does not include JWT sign-in, or has lapsed',
      'Check the licence in Admin > Settings > License: JWT sign-in needs a Pro or Enterprise plan with a valid ' +
      'token.')
  }),
  https: row('instance', [], 'https is used where browsers and secrets need it', [
    'a warning about mixed content', 'an empty iframe', 'a login form inside the iframe, or a login loop'
  ], {
    mixed: failure('your pages have https, and Metabase has http: browsers refuse to load it',
      'Serve Metabase over https, and write https:// in `publicUrl` (or `instanceUrl`).'),
    clear: warning('`instanceUrl` is http:// for a public name: JWTs and sessions can be read on the way',
      'Serve Metabase over https, and write https:// in `instanceUrl`; or set `publicUrl`, if `instanceUrl` is an ' +
      'address of your own network.')
  }, [
    'The cookie of Metabase itself is kept from an iframe where your page is on another site: set ' +
    '`MB_SESSION_COOKIE_SAMESITE=none` in the environment of Metabase, which needs https. Safari and private windows ' +
    'block it all the same.'
  ]),
  'site-url': row('instance', ['metabase'], 'the site URL of Metabase is `publicUrl`', [
    'Invalid redirect URL', 'links in Metabase lead elsewhere'
  ], {
    host: failure('the site URL of Metabase is on another host than `publicUrl`: it refuses redirects to this one',
      SITE_URL_FIX),
    other: warning('the site URL of Metabase has another scheme, port or path than `publicUrl`', SITE_URL_FIX),
    missing: warning('Metabase has no site URL',
      'Set the site URL (Admin > Settings > General) to the address that browsers use.')
  }, [
    'Metabase is below a path, which a `return_to` of your own lacks.'
  ]),

  // Sign-in, without a user.
  'jwt-sso': row('sso', ['edition'], 'JWT sign-in is on and set up in Metabase', [
    'SSO has not been enabled and/or configured', 'JWT authentication is not enabled', 'METABASE_SSO_SSO_DISABLED'
  ], {
    off: failure('JWT sign-in is off in Metabase, or lacks its identity provider URI or signing key',
      `Switch it on, with an identity provider URI and a signing key: ${JWT_PAGE}.`)
  }),
  saml: row('sso', ['jwt-sso'], 'Metabase answers clients for JWT', ['a SAML pop-up or sign-in page'], {
    first: warning('SAML is on, too, and answers clients that do not ask for JWT',
      'Set `preferredAuthMethod: "jwt"` in the configuration of the SDK or of embed.js, or switch SAML off in ' +
      'Metabase.')
  }),
  'identity-provider': row('sso', ['jwt-sso'], 'the identity provider URI points at the route of the app', [
    'Failed to fetch JWT token from …', 'must return an object with the shape { jwt: string }',
    'the browser ends on another page of the app, or on a 404', 'Invalid redirect URL'
  ], {
    missing: warning('Metabase has no identity provider URI: SDK 0.55 and later and embed.js find no route',
      `Set "JWT Identity Provider URI" to the full URL of the route: ${JWT_PAGE}. Or set jwtProviderUri in the ` +
      'front end.'),
    scheme: failure('the identity provider URI has no scheme, so that browsers take it for a path of Metabase',
      `Set "JWT Identity Provider URI" to the full URL of the route, with https://: ${JWT_PAGE}.`),
    plain: failure('the identity provider URI is http://, and the route is https://',
      `Write https:// in "JWT Identity Provider URI": ${JWT_PAGE}.`),
    host: failure('the identity provider URI points at another host or port than that of the route',
      `Set "JWT Identity Provider URI" to the full URL of the route: ${JWT_PAGE}.`),
    path: failure('the identity provider URI has another path than the route',
      `Set "JWT Identity Provider URI" to the full URL of the route: ${JWT_PAGE}. \`path\` and \`prefix\` make ` +
      'its path.')
  }, [
    'A `fetchRequestToken` of before SDK 0.55 returns a session: add `?response=json` to the URL that it calls.',
    'A route of your own answers in place of the plugin\'s, and ignores `response=json`.'
  ]),
  exchange: row('sso', ['jwt-sso'], 'Metabase has a way to exchange a JWT for a session', [
    'authentication failed', 'Unexpected token \'<\'', '302 to a request with token=true',
    'METABASE_SSO_TOKEN_MISSING', 'METABASE_SSO_PROXY_REFUSED'
  ], {
    blocked: failure('something in front of Metabase refuses JWTs', PROXY_FIX),
    lost: failure('the bodies of requests do not reach Metabase',
      'Let the bodies of requests through: look at proxies and firewalls between here and Metabase.')
  }, [
    '"authentication failed" is what the route says of every failure but a missing user: its `code`, and the log of ' +
    'the app, name the cause.',
    'A route of your own sends `token=true`, which Metabase redirects from version 55 on: let the route of the ' +
    'plugin answer.',
    'The SDK and the route are of different times: SDK 0.55 and later want `{ jwt }`, earlier ones a session. The ' +
    'route of the plugin gives each what it wants, a `fetchRequestToken` of your own may not.'
  ]),
  secret: row('secret', ['exchange'], '`secret` is the JWT signing key of Metabase', [
    'Message seems corrupt or manipulated', 'Something went wrong', 'METABASE_SSO_SECRET_REFUSED'
  ], {
    'embedding-key': failure('`secret` and the embedding secret key are mixed up',
      `Set \`secret\` to the JWT signing key (${JWT_PAGE}); the embedding secret key is \`guest.secret\`.`),
    'white-space': failure('`secret` is the JWT signing key with white space around it', WITHOUT_SPACE),
    quotes: failure('`secret` is the JWT signing key in quotes, which are then a part of the key', WITHOUT_QUOTES),
    'not-first': warning('Metabase has another key of `secret` than the first',
      'Write the key that Metabase has first in `secret`: the first signs what browsers trade themselves.'),
    wrong: failure('`secret` is not the JWT signing key of Metabase',
      `Copy the JWT signing key from Metabase (${JWT_PAGE}) into \`secret\` again: it was regenerated, cut short, ` +
      'or belongs to another instance.'),
    hidden: warning('Metabase hides whether `secret` is its JWT signing key (MB_HIDE_STACKTRACES)',
      'Set MB_HIDE_STACKTRACES=false in the environment of Metabase and ask again. Or, if sign-ins fail, copy the JWT ' +
      `signing key from Metabase (${JWT_PAGE}) into \`secret\` again.`)
  }, [
    'A cache between the app and the browser serves JWTs of before a rotation: see the check app-no-store.'
  ]),
  clock: row('secret', ['secret'], 'the clocks of this server and of Metabase agree', [
    'Token is older than max-age (180)', 'Token is expired', 'METABASE_SSO_TOKEN_TOO_OLD',
    'METABASE_SSO_TOKEN_EXPIRED'
  ], {
    old: failure('Metabase finds a fresh JWT too old: this clock is behind, or that of Metabase ahead', CLOCKS),
    expired: failure('Metabase finds a fresh JWT expired: this clock is behind, or that of Metabase ahead',
      `${CLOCKS} Or raise \`tokenLifetime\`, if it is a very few seconds.`),
    drift: warning('the clocks of this server and of Metabase differ, by what their responses say', CLOCKS)
  }, [
    'A JWT is kept and used again: sign a fresh one for each sign-in, and let no cache keep the response.'
  ]),

  // What browsers ask of Metabase directly.
  embedding: row('embedding', ['jwt-sso'], 'embedding is on in Metabase', [
    'Failed to fetch', 'Unable to connect to instance', 'Embedding SDK for React is disabled',
    'SDK Embedding is not enabled.', '402 on /auth/sso', 'a CORS error on a URL of Metabase',
    'not allowed in production', 'works on localhost only', 'METABASE_SSO_SDK_EMBEDDING_DISABLED'
  ], {
    off: failure('the React SDK and modular embedding (embed.js) are both off in Metabase',
      `Switch on what your front end uses: ${EMBEDDING_PAGE}. Some versions have two switches, others one for both.`),
    'sdk-needed': failure('the React SDK is off in Metabase, and sign-ins need it up to version 55',
      `Switch on the embedding SDK for React: ${EMBEDDING_PAGE}.`),
    sdk: warning('the React SDK is off in Metabase', `Switch it on, if you use the React SDK: ${EMBEDDING_PAGE}.`),
    modular: warning('modular embedding (embed.js) is off in Metabase',
      `Switch it on, if you use embed.js: ${EMBEDDING_PAGE}.`)
  }, [
    'The front end uses an API key, or a session that the browser has already: both work on localhost alone. Let it ' +
    'get its session from the plugin.'
  ]),
  cors: row('embedding', ['embedding'], 'Metabase lets the front end read its responses (CORS)', [
    'Failed to fetch', 'Unable to connect to instance', 'a CORS error on a URL of Metabase', 'works on localhost only'
  ], {
    'not-listed': failure('Metabase does not let the front end read its responses',
      `Add the origin of the front end to the authorized origins (CORS): ${EMBEDDING_PAGE}. ` +
      'Localhost is let in without, so that the fault shows only once deployed.'),
    preflight: failure('something in front of Metabase answers preflights (OPTIONS) in its place',
      'Let OPTIONS requests through to Metabase, and take no CORS headers away: look at the proxy.')
  }, [
    'Metabase answers with an error, most of which have no CORS headers: the check that fails above it names the cause.'
  ]),
  'frame-ancestors': row('embedding', ['metabase'], 'Metabase may be shown in an iframe of the front end', [
    'an empty iframe', '… refused to connect', 'Refused to frame … because an ancestor violates … frame-ancestors'
  ], {
    refused: warning('Metabase does not let the front end show it in an iframe, which full-app embedding needs',
      'Add the origin of the front end to the authorized origins of interactive (full-app) embedding: ' +
      `${EMBEDDING_PAGE}. Ignore it without full-app embedding.`)
  }),
  'guest-embedding': row('guest', ['metabase'], 'guest embedding is on in Metabase', [
    'Embedding is not enabled.', 'Embedding is not enabled for this object.', 'Not found. (in a guest embed)',
    'You must specify a value for :x in the JWT.', 'You\'re not allowed to specify a value for :x.',
    'Token is missing value for keypath [:params]', 'a guest embed stops after some minutes',
    'a question by its entity id fails'
  ], {
    off: failure('guest (static) embedding is off in Metabase',
      `Switch on guest (static) embedding: ${EMBEDDING_PAGE}.`)
  }, [
    '"Embedding is not enabled for this object.", "Not found.": publish the item for embedding.',
    '"You must specify a value for :x in the JWT.", "Token is missing value for keypath [:params]": name each ' +
    'locked parameter.',
    '"You\'re not allowed to specify a value for :x.": the parameter is disabled or editable in Metabase; lock it.',
    'A guest item stops after some minutes: the token has ended. Let embed.js ask again, by guestEmbedProviderUri.',
    'A question by its entity id fails: use its number.'
  ]),
  'guest-secret': row('guest', ['guest-embedding'], '`guest.secret` is the embedding secret key of Metabase', [
    'Message seems corrupt or manipulated, in a guest embed'
  ], {
    'signing-key': failure('`guest.secret` is the JWT signing key',
      `Set \`guest.secret\` to the embedding secret key: ${EMBEDDING_PAGE}.`),
    'white-space': failure('`guest.secret` is the embedding secret key with white space around it', WITHOUT_SPACE),
    quotes: failure('`guest.secret` is the embedding secret key in quotes, which are then a part of the key',
      WITHOUT_QUOTES),
    wrong: failure('`guest.secret` is not the embedding secret key of Metabase',
      `Copy the embedding secret key from Metabase (${EMBEDDING_PAGE}) into \`guest.secret\` again.`)
  }),

  // A real sign-in.
  account: row('sign-in', ['clock'], 'Metabase signs the user in', [
    'you\'ll need a … account (in the language of the site)', 'Tenant claim required for external user',
    'Cannot add tenant claim to internal user', 'Tenant ID mismatch with existing user', 'Tenant info mismatch',
    'Tenant is not active', 'Tenants and tenant users are disabled.', 'Value of \'@tenant\' must be a string',
    'Cannot add non-tenant user to tenant-group or vice versa', 'suddenly an administrator'
  ], {
    administrator: warning('the user is an administrator of Metabase',
      'Remove the account from the group Administrators in Admin > People, unless it is meant: a user that can set ' +
      'the e-mail or the groups in your app gets all that an administrator may.'),
    unanswered: failure('no answer of Metabase to the sign-in arrived',
      'Look at Metabase and the network to it, which are slow, hang or cut connections, or raise `timeout`. If a ' +
      'session was made all the same, it ends by itself, after two weeks by default.'),
    unread: failure('Metabase does not say what it made of the user',
      'Let GET requests to /api/user/current reach Metabase: look at proxies and firewalls in front of it.'),
    'not-ended': failure('the session of this sign-in could not be ended',
      'Let DELETE requests to /api/session reach Metabase: look at proxies and firewalls in front of it. The session ' +
      'ends by itself, after two weeks by default.')
  }, [
    'The account is unknown or deactivated, and user provisioning is off: adding a group mapping can switch it off.',
    'The first sign-in of the user had no `@tenant`, which makes an account internal: an admin repairs it by PUT ' +
    '/api/user/:id {tenant_id}.',
    'The slug in `@tenant` is not that of the account\'s tenant, or the tenant is deactivated.',
    'The multi-tenant strategy is off in Metabase: Admin > People, behind the gear.',
    'A group of the claims is for tenants and the user has none, or the reverse.'
  ]),
  groups: row('sign-in', ['account'], 'the account has the groups of the claims', [
    'groups are not applied, or removed', 'the user sees nothing, or too much', 'suddenly an administrator'
  ], {
    fewer: warning('the account is in fewer groups than the claims name',
      `Switch on "Synchronize group memberships" (${JWT_PAGE}), and map each name, or name the groups as ` +
      'Metabase does. ' +
      'One mapping ends the matching by name, which begins with version 56.')
  }, [
    'Without any mapping `groups` is the complete list: a group that it lacks is left, and one called Administrators ' +
    'makes an administrator. Let no user choose the name of a group.'
  ]),
  attributes: row('sign-in', ['account'], 'the account has the names and attributes of the claims', [
    'a sandbox is empty', 'attributes are missing or stale'
  ], {
    overridden: warning('an attribute that an admin has set by hand wins over that of the claims (since version 56)',
      'Have an admin remove the attribute from the account in Admin > People, if the claims are to count.'),
    renamed: warning('Metabase takes a name for an attribute, or an attribute for something else',
      `Set \`claimNames\` to the attribute names that Metabase has: ${JWT_PAGE}.`),
    dropped: warning('Metabase has dropped an attribute of the claims',
      'Return it from `mapUserToClaims` under another name: Metabase has this one for a claim of its own.')
  }, [
    'A JWT of your own holds something else than strings: Metabase drops objects and, before 2026, lists. The plugin ' +
    'refuses the first, and joins the second.',
    'Metabase never changes an attribute that a tenant has already.'
  ]),

  // The app, as browsers reach it.
  'app-response': row('app', [], 'the route of the app answers', [
    'Failed to fetch', 'Failed to fetch JWT token … status: 404'
  ], {
    unreachable: failure('the app cannot be reached',
      'Check the URL of the route and its certificate, that the app runs, and that it can be reached from here.'),
    missing: failure('there is no route at this URL',
      'Check the URL: `prefix` and `path` make its path, and a proxy may cut it.'),
    down: failure('something in front of the app answers that it is down',
      'Look at the app behind its proxy: it is down, starting or overloaded.')
  }),
  'app-stranger': row('app', ['app-response'], 'the route answers 401 to a request without a user', [
    'must return an object with the shape { jwt: string }', 'Unexpected token \'<\''
  ], {
    open: failure('the route gives a JWT to a request without a user',
      'Check `getUser`: it has to return nothing for a request without a session.'),
    redirected: failure('a hook of the app or a proxy redirects requests without a user',
      'Let the plugin\'s route answer by itself: take it out of the hook, or answer 401 to what is no navigation.'),
    other: failure('the route answers with another status than 401 to a request without a user',
      'Look at the log of the app, and at what stands in front of it.')
  }),
  'app-cors': row('app', ['app-response'], 'the route lets the front end read its responses (CORS)', [
    'Failed to fetch', 'a CORS error on the URL of the app', 'Failed to fetch JWT token'
  ], {
    missing: failure('the route does not let the front end read its responses',
      'Add the origin of the front end to `origin`. If it is there, let the CORS headers of the plugin through: a ' +
      'proxy or a hook of the app takes them away.'),
    credentials: failure('the route allows the front end without credentials, so that no cookie is sent', OUR_CORS),
    vary: warning('the response has CORS headers without `Vary: Origin`: a cache may serve them to another front end',
      OUR_CORS)
  }),
  'app-foreign-origin': row('app', ['app-response'], 'the route has no CORS headers for a foreign page', [], {
    open: failure('the route lets a foreign page read its responses',
      'Let the plugin set the CORS headers, and list exact origins in `origin`: a proxy or a hook of the app ' +
      'allows everyone.')
  }),
  'app-preflight': row('app', ['app-cors'], 'the route answers preflights', [
    'Response to preflight request doesn\'t pass access control check'
  ], {
    stopped: failure('a hook of the app or a proxy stops preflights before the route',
      'Register the plugin with `await` before a hook that authenticates every request, and let OPTIONS through ' +
      'proxies.')
  }),
  'app-no-store': row('app', ['app-response'], 'responses of the route are not stored', [
    'Token is older than max-age (180)', 'a user gets the session of another one'
  ], {
    stored: failure('the responses of the route lack `Cache-Control: no-store`',
      'Let the header through that the plugin sets: a proxy, a CDN or a hook of the app replaces it.')
  }),
  'app-cookie': row('app', ['app-response'], 'the session cookie of the app reaches it from the front end', [
    'Failed to fetch JWT token … status: 401', 'METABASE_SSO_NOT_AUTHENTICATED'
  ], {
    'cross-site': failure('the front end is on another site than the app, and browsers keep the cookie from it',
      'Set `sameSite: "none"` and `secure: true` for the cookie of @fastify/session, or serve both from one site.'),
    insecure: failure('the session cookie lacks Secure',
      'Set `secure: true` for the cookie of @fastify/session, and `trustProxy` where a proxy ends https.'),
    partitioned: warning('the cookie is third-party and lacks Partitioned: some browsers block it',
      'Set `partitioned: true` for the cookie of @fastify/session, or serve both from one site.')
  }, [
    'No user is signed in to the app.',
    'The front end calls the route without `credentials: "include"`.',
    'The browser blocks third-party cookies.'
  ]),
  'app-clock': row('app', ['response', 'app-response'], 'the clocks of the app and of Metabase agree', [
    'Token is older than max-age (180)'
  ], {
    behind: failure('the clock of the app is behind that of Metabase by more than a JWT may be old', CLOCKS),
    drift: warning('the clocks of the app and of Metabase differ, by what their responses say', CLOCKS)
  })
}

export type CheckRows = typeof checkRows

/**
 * The `id` of a check. Ids are stable: they change with a major version only.
 * @example const id: CheckId = 'address'
 */
export type CheckId = keyof CheckRows

export const checkIds = Object.keys(checkRows) as CheckId[]

/** Makes the URL of what the documents say of a check. */
export const docsOf = (id: CheckId): string => docsUrl('troubleshooting.md', id)
