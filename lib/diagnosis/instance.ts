import { connect, isIP } from 'node:net'
import { MetabaseSsoError } from '../errors.js'
import { DISCOVERY } from '../metabase/exchange-methods.js'
import { errorOf, isGatewayFailure, isMethodUnknown, isRedirect, isSuccess, jsonOf, readDiscovery } from '../metabase/responses.js'
import type { Response } from '../metabase/transport.js'
import { isPublicHttp } from '../options/warnings.js'
import { found, hostOf, NO_ORIGIN, pass, skip, type Checks, type Run } from './run.js'

/** Certificates' faults by the codes of Node and OpenSSL; any other code is a lack of trust. */
const TLS_PROBLEMS = {
  ERR_SSL_WRONG_VERSION_NUMBER: 'plain',
  EPROTO: 'plain',
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'name'
} as const

/** Tells whether the environment names a proxy, which the plugin may not use. */
const hasEnvProxy = (): boolean =>
  ['HTTPS_PROXY', 'HTTP_PROXY', 'https_proxy', 'http_proxy'].some(name => process.env[name] !== undefined)

/** Tells why an address does not accept a connection; undefined when it does. */
const connectionProblem = (address: string, { settings, limit, isBackground }: Run) =>
  new Promise<string | undefined>(resolve => {
    const { protocol, port } = new URL(settings.instanceUrl)
    const options = { host: address, port: Number(port || (protocol === 'https:' ? 443 : 80)) }
    const socket = connect({ ...options, signal: limit() })
    if (isBackground) socket.unref()
    socket.on('error', error => resolve(`${address}: ${error.message}`))
    socket.on('connect', () => {
      socket.destroy()
      resolve(undefined)
    })
  })

/** Release of a tag such as `v1.58.2`: 58, 2, 0. */
const releaseOf = (tag: unknown): number[] | undefined =>
  /^v[01]\.(\d{1,3})(?:\.(\d{1,4}))?(?:\.(\d{1,4}))?/.exec(String(tag))?.slice(1).map(part => Number(part ?? 0))

/** What Metabase says is its version. */
export async function tagOf (run: Run): Promise<string | undefined> {
  const { tag } = Object((await run.says()).version) as { tag?: unknown }
  return typeof tag === 'string' ? tag : undefined
}

/** Tells whether the users of the app belong to tenants: by its options, or by the claims of the sign-in. */
async function usesTenants ({ settings, claims }: Run): Promise<boolean> {
  // Claims that cannot be had are the fault of the check `account`.
  return settings.usesTenants === true || (await claims?.().catch(() => undefined))?.hasTenant === true
}

/** Characters of a URL that Metabase may have: some servers take no more. A response may hold 1 MiB. */
const MAX_URL_LENGTH = 2000
const TOO_LONG = `what it has is longer than ${MAX_URL_LENGTH} characters`

/** URL without query, as far as it can be compared. */
const plainUrl = (url: string): string =>
  // Without the look-behind, a text of slashes would take quadratic time.
  url.replace(/[?#].*$/s, '').replace(/(?<!\/)\/+$/, '')

const isWebUrl = (url: string): boolean => /^https?:\/\//i.test(url) && URL.canParse(url)

/** What may be shown of a URL: a user name and a password may be a part of it. */
function shownUrl (url: string): string {
  if (!isWebUrl(url)) return plainUrl(url.slice(url.lastIndexOf('@') + 1))
  const { origin, pathname } = new URL(url)
  return plainUrl(origin + pathname)
}

/** Tells whether the headers let a page of this origin read the response. */
export function allowsOrigin ({ headers }: Response, origin: string): boolean {
  const allowed = headers['access-control-allow-origin']
  return allowed === origin || allowed === '*'
}

/** Asks what a page of this origin would ask first: whether it may call the API with a session. */
const preflight = (run: Run, origin: string): Promise<Response> => run.ask({
  method: 'OPTIONS',
  path: '/api/user/current',
  headers: {
    origin,
    'access-control-request-method': 'GET',
    'access-control-request-headers': 'x-metabase-session'
  }
})

/** Tells whether the headers of a page let it be shown in a frame of this origin. */
function allowsFrame ({ headers }: Response, origin: string): boolean {
  const policy = String(headers['content-security-policy'] ?? '')
  const [, sources] = /(?:^|;)\s*frame-ancestors\s+([^;]*)/i.exec(policy) ?? []
  if (sources === undefined) return headers['x-frame-options'] === undefined
  const { host, protocol } = new URL(origin)
  return sources.split(/\s+/).some(source => {
    const [, scheme = protocol, pattern = source] = /^([a-z]+:)\/\/(.*)$/i.exec(source) ?? []
    const isHost = pattern === '*' || pattern === host || (pattern.startsWith('*.') && host.endsWith(pattern.slice(1)))
    return isHost && scheme === protocol
  })
}

/** Checks of the instance: from its address to what it lets pages do. */
export const instanceChecks: Checks<
  'address' | 'connection' | 'tls' | 'response' | 'metabase' | 'version' | 'edition' | 'https' | 'site-url' |
  'jwt-sso' | 'saml' | 'identity-provider' | 'exchange' | 'embedding' | 'cors' | 'frame-ancestors'
> = {
  async address ({ settings, isDirect, addresses: find }) {
    const host = hostOf(settings.instanceUrl)
    if (!isDirect) return pass('a `dispatcher` or a proxy makes the connections')
    if (isIP(host) !== 0) return pass(host)
    const addresses = await find()
    if (addresses.length === 0) return found(hasEnvProxy() ? 'proxied' : 'unknown', host)
    return pass(addresses.join(', '))
  },

  async connection (run) {
    if (!run.isDirect) return pass('a `dispatcher` or a proxy makes the connections')
    const host = hostOf(run.settings.instanceUrl)
    const addresses = await run.addresses()
    const problems = await Promise.all(addresses.map(address => connectionProblem(address, run)))
    const failed = problems.filter(problem => problem !== undefined)
    if (failed.length === 0) return pass()
    // One of localhost's two addresses is enough for a server on the own machine.
    if (failed.length < addresses.length) return host === 'localhost' ? pass() : found('partly', failed.join(', '))
    return found(hasEnvProxy() ? 'proxied' : 'refused', failed.join(', '))
  },

  async tls (run) {
    if (run.settings.instanceUrl.startsWith('http:')) return pass('plain http')
    const error: unknown = await run.properties().then(() => undefined, error => error)
    const isOfTls = error instanceof MetabaseSsoError && error.code === 'METABASE_SSO_TLS_FAILED'
    if (!isOfTls) return pass()
    const { code } = error.cause as { code: keyof typeof TLS_PROBLEMS }
    return found(TLS_PROBLEMS[code] ?? 'untrusted', code)
  },

  async response (run) {
    const response = await run.properties()
    const { status } = response
    if (isSuccess(response)) return pass()
    const detail = `status ${status}`
    if (isGatewayFailure(status)) {
      const health = await run.get('/api/health')
      return found(/"initializing"/.test(health.body) ? 'starting' : 'down', detail)
    }
    if (isRedirect(response)) return found('redirected', detail)
    return found(status === 404 ? 'missing' : 'refused', detail)
  },

  async metabase (run) {
    const { version } = await run.says()
    if (typeof version === 'object' && version !== null) return pass()
    const { type } = await run.properties()
    return type === 'text/html' ? found('page') : found('other')
  },

  async version (run) {
    const tag = await tagOf(run)
    const release = releaseOf(tag)
    if (release === undefined) return pass(tag)
    const [major = 0, minor = 0, patch = 0] = release
    if (major === 46 && minor === 7) return found('redirects', tag)
    if (major < 50) return found('old', tag)
    if (major === 56 && minor <= 6) return found('home', tag)
    if (major === 57 && (minor < 2 || (minor === 2 && patch < 3))) return found('sdk', tag)
    const isBefore78492 = major >= 58 && (major < 63 || (major === 63 && minor <= 1))
    return isBefore78492 && await usesTenants(run) ? found('tenants', tag) : pass(tag)
  },

  async edition (run) {
    const { 'token-features': features } = await run.says()
    const isOpenSource = (await tagOf(run))?.startsWith('v0.')
    const { secret, guestSecret } = run.settings
    if (secret === undefined && guestSecret !== undefined) return pass('guest embeds work with every plan')
    if (isOpenSource) return found('open-source')
    return (Object(features) as { sso_jwt?: unknown }).sso_jwt === false ? found('licence') : pass()
  },

  https ({ settings: { instanceUrl, publicUrl, origins } }) {
    const { protocol, hostname } = new URL(publicUrl)
    // Browsers trust their own machine.
    const isMixed = protocol === 'http:' && !/^(.+\.)?localhost$|^127\.|^\[::1\]$/.test(hostname)
    if (isMixed && origins.some(origin => origin.startsWith('https:'))) return found('mixed', publicUrl)
    const isClear = publicUrl === instanceUrl && isPublicHttp(new URL(instanceUrl))
    return isClear ? found('clear', instanceUrl) : pass()
  },

  async 'site-url' (run) {
    const { publicUrl } = run.settings
    const { 'site-url': siteUrl } = await run.says()
    if (typeof siteUrl !== 'string') return found('missing')
    if (siteUrl.length > MAX_URL_LENGTH) return found('missing', TOO_LONG)
    if (!isWebUrl(siteUrl)) return found('missing')
    const detail = `${shownUrl(siteUrl)} in Metabase, ${publicUrl} here`
    if (new URL(siteUrl).hostname !== new URL(publicUrl).hostname) return found('host', detail)
    const isSame = plainUrl(new URL(siteUrl).href) === plainUrl(new URL(publicUrl).href)
    return isSame ? pass(publicUrl) : found('other', detail)
  },

  async 'jwt-sso' (run) {
    const discovery = readDiscovery(await run.discovery())
    if (!(discovery instanceof MetabaseSsoError)) return pass()
    if (discovery.code === 'METABASE_SSO_SSO_DISABLED') return found('off')
    // Which is found out before the kind of embedding is.
    if (discovery.code === 'METABASE_SSO_SDK_EMBEDDING_DISABLED') return pass()
    throw discovery
  },

  async saml (run) {
    const asked = await run.redirect()
    const { status, headers } = await run.get('/auth/sso')
    const isSaml = status === 302 && plainUrl(String(headers.location)) !== plainUrl(String(asked.headers.location))
    return isSaml ? found('first') : pass()
  },

  async 'identity-provider' (run) {
    const { appUrl, path } = run.settings
    const { url: told } = Object(jsonOf(await run.discovery())) as { url?: unknown }
    const url = told === undefined ? (await run.redirect()).headers.location : told
    if (typeof url !== 'string') return found('missing')
    if (url.length > MAX_URL_LENGTH) return found('missing', TOO_LONG)
    const uri = shownUrl(url)
    if (!isWebUrl(url)) return found('scheme', uri)
    const { protocol, host, pathname } = new URL(uri)
    if (appUrl === undefined) {
      if (path === undefined) return skip(`Metabase has ${uri}; pass --app-url to compare`)
      return pathname.endsWith(plainUrl(path)) ? pass(uri) : found('path', `${uri} in Metabase, ${path} here`)
    }
    const route = new URL(plainUrl(appUrl))
    const detail = `${uri} in Metabase, ${plainUrl(appUrl)} here`
    if (host !== route.host) return found('host', detail)
    if (pathname !== route.pathname) return found('path', detail)
    return protocol === 'http:' && route.protocol === 'https:' ? found('plain', detail) : pass(uri)
  },

  async exchange (run) {
    const response = await run.toSession()
    const { code } = errorOf(response, 'to_session')
    switch (code) {
      case 'METABASE_SSO_TOKEN_MISSING': return found('lost')
      case 'METABASE_SSO_SECRET_REFUSED':
      case 'METABASE_SSO_TOKEN_REFUSED': return pass('POST /auth/sso/to_session')
    }
    const isMissing = code === 'METABASE_SSO_NOT_FOUND' || isMethodUnknown(response)
    if (!isMissing) return found('blocked', `status ${response.status}`)
    const discovery = readDiscovery(await run.discovery())
    if (discovery instanceof MetabaseSsoError) return pass('of a version before 56')
    return pass(discovery.redirects ? 'GET /auth/sso?token=true' : 'GET /auth/sso with a hash')
  },

  async embedding (run) {
    const discovery = readDiscovery(await run.discovery())
    const isFound = !(discovery instanceof MetabaseSsoError)
    const { 'enable-embedding-sdk': sdk } = await run.says()
    // Up to v54 discovery does not tell, and there is no other kind of embedding for a user.
    const isSdkOff = !isFound || (discovery.redirects && sdk === false)
    const isModularOff = !(isFound && discovery.redirects) &&
      (await run.get(DISCOVERY.path, { 'x-metabase-client': 'embedding-simple' })).status === 402
    if (isSdkOff && isModularOff) return found('off')
    if (isSdkOff) return found(await run.hasToSession() ? 'sdk' : 'sdk-needed')
    return isModularOff ? found('modular') : pass()
  },

  async cors (run) {
    const { origins } = run.settings
    if (origins.length === 0) return skip(NO_ORIGIN)
    const refused: string[] = []
    for (const origin of origins) if (!allowsOrigin(await preflight(run, origin), origin)) refused.push(origin)
    const [origin] = refused
    if (origin === undefined) return pass(origins.join(', '))
    const detail = refused.join(', ')
    if (allowsOrigin(await run.get('/api/health', { origin }), origin)) return found('preflight', detail)
    const localhost = 'http://localhost:3000'
    const isLetIn = allowsOrigin(await preflight(run, localhost), localhost)
    return found('not-listed', `${detail}; ${localhost} ${isLetIn ? 'is let in' : 'is not let in, either'}`)
  },

  async 'frame-ancestors' (run) {
    const { origins } = run.settings
    if (origins.length === 0) return skip(NO_ORIGIN)
    const page = await run.get('/')
    const refused = origins.filter(origin => !allowsFrame(page, origin))
    return refused.length === 0 ? pass() : found('refused', refused.join(', '))
  }
}
