import { isGatewayFailure, isRedirect, isSuccess } from '../metabase/responses.js'
import type { Response } from '../metabase/transport.js'
import { allowsOrigin } from './instance.js'
import { found, NO_ORIGIN, pass, secondsAhead, skip, type Checks } from './run.js'

/** An origin that no app lists. */
const FOREIGN = 'https://foreign-origin.invalid'

/** Second-level names under which others register: `co.uk`, and hosts of many apps. */
const SHARED = new RegExp([
  String.raw`^(?:ac|co|com|edu|gov|net|org)\.[a-z]{2}$`,
  String.raw`^(?:github|gitlab)\.io$|^(?:herokuapp|onrender|vercel|netlify|web|fly|pages|workers)\.(?:com|app|dev)$`
].join('|'))

/** Site of a URL as browsers see it, as far as it can be told without the list of public suffixes. */
function siteOf (url: string): string {
  const { protocol, hostname } = new URL(url)
  const labels = hostname.split('.')
  const isAddress = /^[\d.]+$/.test(hostname) // one of IPv6 has a single label
  const count = SHARED.test(labels.slice(-2).join('.')) ? 3 : 2
  return `${protocol}//${isAddress ? hostname : labels.slice(-count).join('.')}`
}

/** Attributes of the app's session cookie, in lower case, if a response sets one. */
function sessionCookie ({ headers }: Response): string[] | undefined {
  const cookies = [headers['set-cookie'] ?? []].flat()
  const cookie = cookies.find(text => /^[^=]*(?:sess|sid)/i.test(text)) ?? cookies[0]
  return cookie?.split(';').slice(1).map(attribute => attribute.trim().toLowerCase())
}

/** Checks of the app's route, as browsers reach it. */
export const appChecks: Checks<
  'app-response' | 'app-stranger' | 'app-cors' | 'app-foreign-origin' | 'app-preflight' | 'app-no-store' |
  'app-cookie' | 'app-clock'
> = {
  async 'app-response' (run) {
    const { status } = await run.stranger()
    if (status === 404) return found('missing')
    return isGatewayFailure(status) ? found('down', `status ${status}`) : pass(`status ${status}`)
  },

  async 'app-stranger' (run) {
    const response = await run.stranger()
    if (response.status === 401) return pass()
    if (isSuccess(response)) return found('open')
    return found(isRedirect(response) ? 'redirected' : 'other', `status ${response.status}`)
  },

  async 'app-cors' (run) {
    const { origins } = run.settings
    if (origins.length === 0) return skip(NO_ORIGIN)
    for (const origin of origins) {
      const response = await run.askApp({ origin })
      if (!allowsOrigin(response, origin)) return found('missing', origin)
      const { headers } = response
      const hasCredentials = headers['access-control-allow-origin'] !== '*' && headers['access-control-allow-credentials'] === 'true'
      if (!hasCredentials) return found('credentials', origin)
      if (!/\borigin\b|\*/i.test(String(headers.vary))) return found('vary', origin)
    }
    return pass(origins.join(', '))
  },

  async 'app-foreign-origin' (run) {
    const { headers } = await run.askApp({ origin: FOREIGN })
    return headers['access-control-allow-origin'] === undefined ? pass() : found('open')
  },

  async 'app-preflight' (run) {
    const { origins } = run.settings
    for (const origin of origins) {
      const asked = { 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
      const response = await run.askApp({ origin, ...asked }, 'OPTIONS')
      if (!isSuccess(response) || response.headers['access-control-allow-origin'] !== origin) {
        return found('stopped', `${origin}: status ${response.status}`)
      }
    }
    return pass()
  },

  async 'app-no-store' (run) {
    const { headers } = await run.stranger()
    const control = String(headers['cache-control'] ?? 'none')
    return /\bno-store\b/i.test(control) ? pass() : found('stored', `Cache-Control: ${control}`)
  },

  async 'app-cookie' (run) {
    const { appUrl, origins } = run.settings
    const attributes = sessionCookie(await run.stranger())
    if (attributes === undefined) return skip('the response to a request without a user sets no cookie')
    const isSecure = attributes.includes('secure')
    const isCrossSite = origins.some(origin => siteOf(origin) !== siteOf(String(appUrl)))
    const isNone = attributes.includes('samesite=none')
    const detail = attributes.join('; ')
    if (isCrossSite && !isNone) return found('cross-site', detail)
    if (!isSecure && (isNone || String(appUrl).startsWith('https:'))) return found('insecure', detail)
    return isCrossSite && !attributes.includes('partitioned') ? found('partitioned', detail) : pass(detail)
  },

  async 'app-clock' (run) {
    const app = await secondsAhead(() => run.askApp())
    const metabase = await run.secondsAhead()
    if (app === undefined || metabase === undefined) {
      return skip(`no response of ${app === undefined ? 'the app' : 'Metabase'} tells its time`)
    }
    const behind = metabase - app
    const detail = `the app is ${Math.abs(behind)} s ${behind < 0 ? 'ahead' : 'behind'}`
    if (behind > 180) return found('behind', detail)
    return Math.abs(behind) > 60 ? found('drift', detail) : pass(detail)
  }
}
