import type { buildConnector, Dispatcher } from 'undici'
import { errorCodes } from '../errors.js'

/** Whether the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY are used: as for Node's own `fetch` (Node 24). */
export const usesEnvProxy = (): boolean => process.env.NODE_USE_ENV_PROXY === '1'

/**
 * Refuses a proxy URL that undici would refuse at its first use, in words that quote the URL with its password.
 * @throws METABASE_SSO_PROXY_URL_INVALID
 */
export function checkEnvProxy (): void {
  if (!usesEnvProxy()) return
  for (const name of ['http_proxy', 'https_proxy']) {
    const used = process.env[name] === undefined ? name.toUpperCase() : name // as undici chooses
    const url = process.env[used]
    if (url && !isProxyUrl(url)) throw new errorCodes.METABASE_SSO_PROXY_URL_INVALID(used)
  }
}

function isProxyUrl (text: string): boolean {
  try {
    const { protocol, username, password } = new URL(text)
    decodeURIComponent(`${username}:${password}`)
    return /^(https?|socks5?):$/.test(protocol)
  } catch {
    return false
  }
}

interface DispatcherOptions {
  /** Milliseconds to connect. */
  timeout: number
  /** Connections at a time; any number by default. */
  connections?: number
  /** Whether its sockets let the process end. Default false. */
  isBackground?: boolean
}

/**
 * Makes a dispatcher. undici is loaded here, at its first use: it is half of what importing the plugin would take, and
 * an app that gives out JWTs alone does without.
 */
export async function createDispatcher (
  { timeout, connections, isBackground = false }: DispatcherOptions
): Promise<Dispatcher> {
  checkEnvProxy()
  // The file, as Bun has a module of its own for the bare name, without `dispatch`.
  const { Agent, buildConnector, EnvHttpProxyAgent } = await import('undici/index.js')
  const connect = isBackground ? unreferenced(buildConnector({ timeout })) : { timeout }
  const options = { connect, ...connections !== undefined && { connections } }
  return usesEnvProxy() ? new EnvHttpProxyAgent(options) : new Agent(options)
}

/** Makes connections that let the process end. */
const unreferenced = (connector: buildConnector.connector): buildConnector.connector => (options, callback) => {
  connector(options, (...result) => {
    const [, socket] = result
    if (socket) Object.assign(socket.unref(), { ref: () => socket }) // undici refs what it uses
    callback(...result)
  })
}
