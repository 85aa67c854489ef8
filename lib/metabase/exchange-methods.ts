import { errorOf } from './error-mapping.js'
import { readJson, type Discovery } from './responses.js'
import type { Request, Response } from './transport.js'

export type ExchangeMethodName = 'token' | 'hash' | 'post' | 'to_session' | 'get'

/** One way to trade a JWT for a session. A success is a session as `readSession` reads it. */
export interface ExchangeMethod {
  name: ExchangeMethodName
  /** Whether a Metabase that answers discovery so may have it. */
  fits (discovery: Discovery): boolean
  request (jwt: string, discovery?: Discovery): Request
  /** Whether a response that is no session is that of a Metabase without this method, which has signed no user in. */
  isUnsupported (response: Response): boolean
  /** Whether, after this session, the next exchange may begin with this method, without discovery. */
  isRemembered (response: Response): boolean
}

// Without the first every version answers a JWT with a redirect and a cookie. With the second failures come in the
// language that error-mapping.ts reads.
const CLIENT = { 'x-metabase-client': 'embedding-sdk-react', 'x-metabase-locale': 'en' }
const JSON_BODY = { ...CLIENT, 'content-type': 'application/json' }

// Without the query, a Metabase that has SAML switched on, too, answers for SAML.
const SSO = '/auth/sso?preferred_method=jwt'

/** Asks, without a JWT, where a client should fetch one: the answer tells versions apart. */
export const DISCOVERY: Request = { method: 'GET', path: SSO, headers: CLIENT }

const get = (credential: string, query = '', headers: Record<string, string> = CLIENT): Request =>
  ({ method: 'GET', path: `/auth/sso?${query}jwt=${credential}`, headers, credential })

const post = (path: string, credential: string): Request =>
  ({ method: 'POST', path, headers: JSON_BODY, body: JSON.stringify({ jwt: credential }), credential })

const isRedirect = ({ status }: Response): boolean => status >= 300 && status < 400

/** A discovery body in answer to a JWT: a version that wants a hash, or another one. */
function isDiscovery (response: Response): boolean {
  const body = readJson(response)
  return 'url' in body && typeof body.url === 'string' && body.method === 'jwt'
}

/** Before v61 a posted JWT meets 501 or, up to v54, 400, both perhaps as an HTML page that names no other cause. */
function refusesPost (response: Response): boolean {
  const { status, type } = response
  const { code } = errorOf(response)
  if (code === 'METABASE_SSO_POST_NOT_SUPPORTED') return true
  return (status === 501 || status === 405 || (status === 400 && type === 'text/html')) &&
    code === 'METABASE_SSO_STATUS_UNEXPECTED'
}

const isUnknownPath = (response: Response): boolean => errorOf(response).code === 'METABASE_SSO_NOT_FOUND'

const isUnsupportedGet = (response: Response): boolean => isRedirect(response) || isDiscovery(response)

// A redirect of a POST is none of Metabase's: no method with the JWT in the URL is tried after it.
const isUnsupportedPost = (response: Response): boolean => isUnknownPath(response) || refusesPost(response)

/** In the order in which they are tried. Methods that keep the JWT out of the URL come first (metabase#35560, #82714). */
export const exchangeMethods: readonly ExchangeMethod[] = [
  { // v50 to v54. Later versions take it for a JWT of a browser, and answer with a redirect.
    name: 'token',
    fits: ({ redirects }) => redirects,
    request: jwt => get(jwt, 'token=true&'),
    isUnsupported: response => isUnsupportedGet(response) || isUnknownPath(response),
    // A `status` is of a later version, which has a better method.
    isRemembered: response => !('status' in readJson(response))
  },
  { // v55: the hash is good for one exchange.
    name: 'hash',
    fits: ({ hash }) => hash !== undefined,
    request: (jwt, found) => get(jwt, '', { ...CLIENT, 'x-metabase-sdk-jwt-hash': String(found?.hash) }),
    isUnsupported: isRedirect,
    isRemembered: () => false
  },
  { // v61 and later
    name: 'post',
    fits: ({ redirects, hash }) => !redirects && hash === undefined,
    request: jwt => post(SSO, jwt),
    isUnsupported: isUnsupportedPost,
    isRemembered: () => true
  },
  { // v56 and later
    name: 'to_session',
    fits: ({ redirects, hash }) => !redirects && hash === undefined,
    request: jwt => post('/auth/sso/to_session', jwt),
    isUnsupported: isUnsupportedPost,
    isRemembered: () => true
  },
  { // v58 and later. Not remembered: a later version has a better method.
    name: 'get',
    fits: ({ redirects, hash }) => !redirects && hash === undefined,
    request: jwt => get(jwt),
    isUnsupported: isUnsupportedGet,
    isRemembered: () => false
  }
]

/** A JWT that is never accepted, sent to learn why. */
export const probeRequest = (jwt: string): Request => get(jwt)
