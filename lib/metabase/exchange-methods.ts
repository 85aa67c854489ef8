import { errorCodes, type MetabaseSsoError } from '../errors.js'
import { isRedirect, type Discovery, type Properties, type Step } from './responses.js'
import type { Request, Response } from './transport.js'

export type ExchangeMethodName = 'to_session' | 'token' | 'hash' | 'post'

/** One way to trade a JWT for a session. A success is a session as `readSession` reads it. */
export interface ExchangeMethod {
  name: ExchangeMethodName
  step: Step
  /** Whether a Metabase that answers discovery so may have it. Absent: it is tried without discovery. */
  isOffered?: (discovery: Discovery) => boolean
  /**
   * With the JWT in the URL, where proxies and logs keep it (metabase#35560, #82714): whether a Metabase of these
   * properties has no better way. Asked when something may have kept the better ways from Metabase.
   */
  isNewestFor?: (properties: Properties) => boolean
  request (jwt: string, discovery?: Discovery): Request
  /** Whether a refusal is that of a Metabase without this method, or may be. No user has been signed in then. */
  isUnsupported (response: Response): boolean
  /** What discovery in response to a JWT means. Absent: this Metabase has another method. */
  DiscoveryMeans?: new () => MetabaseSsoError
  /** Whether the next exchange begins with it. */
  isRemembered: boolean
}

// Without the first every version answers a JWT with a redirect and a cookie, and v56 to v59 send a mail about
// `to_session`. With the second failures come in the language that responses.ts reads.
const CLIENT = { 'x-metabase-client': 'embedding-sdk-react', 'x-metabase-locale': 'en' }
const JSON_BODY = { ...CLIENT, 'content-type': 'application/json' }

// Without the query, a Metabase that has SAML switched on, too, answers for SAML.
const SSO = '/auth/sso?preferred_method=jwt'

/** Asks, without a JWT, where a client should fetch one: the response tells versions apart. */
export const DISCOVERY: Request = { method: 'GET', path: SSO, headers: CLIENT }

export const PROPERTIES: Request = { method: 'GET', path: '/api/session/properties' }

const get = (credential: string, query = '', headers: Record<string, string> = CLIENT): Request =>
  ({ method: 'GET', path: `/auth/sso?${query}jwt=${credential}`, headers, credential })

const post = (path: string, credential: string): Request =>
  ({ method: 'POST', path, headers: JSON_BODY, body: JSON.stringify({ jwt: credential }), credential })

const isUnknown = ({ status }: Response): boolean => status === 404 || status === 405 || status === 501

/** A page in place of a response, and no sign that the server is busy or down. */
const isPage = ({ status, type }: Response): boolean =>
  type === 'text/html' && (status === 200 || status === 400 || status === 401 || status === 403)

/** In the order in which they are tried. Methods that keep the JWT out of the URL come first where they exist. */
export const exchangeMethods: readonly [ExchangeMethod, ...ExchangeMethod[]] = [
  { // v56 and later. Asks for no embedding switch, answers in plain texts, and is never a page.
    name: 'to_session',
    step: 'to_session',
    request: jwt => post('/auth/sso/to_session', jwt),
    isUnsupported: response => isUnknown(response) || isPage(response),
    isRemembered: true
  },
  { // v50 to v54. Later versions take it for a JWT of a browser.
    name: 'token',
    step: 'exchange',
    isOffered: ({ redirects }) => redirects,
    isNewestFor: ({ version }) => version >= 50 && version <= 54,
    request: jwt => get(jwt, 'token=true&'),
    isUnsupported: response => isRedirect(response) || isUnknown(response),
    isRemembered: true
  },
  { // v55, and v56 without `to_session`. The hash is good for one exchange. Not remembered: v56 has a better method.
    name: 'hash',
    step: 'exchange',
    isOffered: ({ hash }) => hash !== undefined,
    isNewestFor: ({ version }) => version === 55,
    request: (jwt, found) => get(jwt, '', { ...CLIENT, 'x-metabase-sdk-jwt-hash': String(found?.hash) }),
    isUnsupported: isRedirect,
    DiscoveryMeans: errorCodes.METABASE_SSO_HASH_REFUSED,
    isRemembered: false
  },
  { // v61 and later. Before, the response is a page: 501, up to v54 400.
    name: 'post',
    step: 'exchange',
    isOffered: ({ redirects, hash }) => !redirects && hash === undefined,
    request: jwt => post(SSO, jwt),
    isUnsupported: response => isUnknown(response) || (isPage(response) && response.body.includes('POST not valid')),
    DiscoveryMeans: errorCodes.METABASE_SSO_TOKEN_MISSING,
    isRemembered: true
  }
]
