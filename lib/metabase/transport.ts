import type { Dispatcher } from 'undici'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import { VERSION } from '../package.js'
import { redact, redactError } from '../redact.js'
import type { MaybePromise } from '../timeout.js'

/** One request to Metabase: path and query below the base URL of the instance. */
export interface Request {
  method: 'GET' | 'POST' | 'DELETE' | 'OPTIONS'
  path: string
  headers?: Record<string, string>
  body?: string
  /** What no error may show: the JWT or the session id in it. */
  credential?: string
}

/** A response of Metabase, read whole. */
export interface Response {
  status: number
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Media type without parameters, in lower case; '' when there is none. */
  type: string
  body: string
}

export type Transport = (request: Request, signal: AbortSignal) => Promise<Response>

/** Returns the dispatcher that sends requests: a promise while undici is being loaded. */
export type GetDispatcher = () => MaybePromise<Dispatcher>

/** Sessions are 200 bytes and Metabase's HTML error pages a few hundred kilobytes; more is not from Metabase. */
const MAX_BYTES = 1024 * 1024

/** Common rules of web application firewalls refuse requests without one. */
const USER_AGENT = `fastify-metabase-sso/${VERSION}`

/**
 * Sends requests to one instance. Redirects are not followed, nothing of the host's request is forwarded, and a
 * response is bounded in time (by the signal) and in size. It uses undici's `dispatch`, since `request` makes a stream
 * of each response.
 * @param getDispatcher returns one of undici 7 or later
 * @param retries whether a request is sent again where its connection was dead
 */
export function createTransport (instanceUrl: string, getDispatcher: GetDispatcher, retries = true): Transport {
  const { origin, pathname } = new URL(instanceUrl)
  const basePath = pathname === '/' ? '' : pathname

  return ({ method, path, headers, body, credential = '' }, signal) => new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const options = { origin, method, path: basePath + path, headers: { ...headers, 'user-agent': USER_AGENT }, body }
    const response: Response = { status: 0, headers: {}, type: '', body: '' }
    const chunks: Buffer[] = []
    let bytes = 0
    let isLastTry = !retries
    let controller: Dispatcher.DispatchController | undefined

    function onAbort (): void {
      reject(signal.reason) // undici would let an aborted request wait for a connection
      controller?.abort(signal.reason)
    }
    function fail (error: unknown): void {
      signal.removeEventListener('abort', onAbort)
      reject(error instanceof MetabaseSsoError ? error : transportError(error, credential))
    }
    function dispatch (dispatcher: Dispatcher): void {
      try {
        dispatcher.dispatch(options, handler)
      } catch (error) { // as that of undici 6 does
        fail(error)
      }
    }
    function start (): void {
      const dispatcher = getDispatcher()
      if ('then' in dispatcher) dispatcher.then(dispatch, fail)
      else dispatch(dispatcher)
    }

    const handler: Dispatcher.DispatchHandler = {
      onRequestStart (started) {
        controller = started
        if (signal.aborted) onAbort()
      },
      onResponseStart (_controller, status, headers) {
        response.status = status
        response.headers = headers
        response.type = mediaType(headers['content-type'])
      },
      onResponseData (controller, chunk) {
        bytes += chunk.length
        if (bytes > MAX_BYTES) return controller.abort(new errorCodes.METABASE_SSO_RESPONSE_TOO_LARGE())
        chunks.push(chunk)
      },
      onResponseEnd () {
        signal.removeEventListener('abort', onAbort)
        response.body = Buffer.concat(chunks).toString()
        resolve(response)
      },
      onResponseError (_controller, error) {
        if (response.status !== 0 || isLastTry || !isDeadConnection(error)) return fail(error)
        isLastTry = true
        setImmediate(start) // later: a restart has closed other connections, too, which undici has yet to notice
      }
    }
    signal.addEventListener('abort', onAbort)
    start()
  })
}

function addressError (error: unknown): string {
  const { address, port, code } = Object(error) as Record<string, unknown>
  return `${String(address)} port ${String(port)}: ${String(code)}`
}

/** Media type without parameters, in lower case; '' when there is none. */
export const mediaType = (contentType: string | string[] | undefined): string =>
  /^[\w.+-]+\/[\w.+-]+/.exec(String(contentType ?? ''))?.[0].toLowerCase() ?? ''

/**
 * Whether a connection was closed before any byte of a response came back. A keep-alive connection may have died since
 * its last use, when Metabase was restarted for instance: that shows only now, and the request is sent again.
 */
function isDeadConnection (error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown }
  // ECONNRESET also of a connection that was still being opened, while Metabase was stopped.
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

function transportError (error: unknown, credential: string): MetabaseSsoError {
  const cause = redactError(error, [credential])
  const { code = 'unknown', message } = cause
  // Node tries each address of a host (IPv4 and IPv6), and says of all together that they timed out.
  const { errors } = Object(error) as { errors?: unknown }
  const addresses = Array.isArray(errors) ? redact(errors.map(addressError).join(', '), [credential]) : ''
  if (addresses !== '') return new errorCodes.METABASE_SSO_UNREACHABLE(addresses, { cause })
  // undici 6 wants another handler: "invalid onError method", "handler.onConnect is not a function".
  if (/\bon(Connect|Error)\b/.test(message)) {
    return new errorCodes.METABASE_SSO_OPTION_INVALID('dispatcher', 'is not of undici 7 or later', { cause })
  }
  // Of the pool or of the host's own dispatcher; our own deadline rejects by itself.
  if (/TIMEOUT|TIMEDOUT/.test(code)) return new errorCodes.METABASE_SSO_TIMEOUT(code, { cause })
  // TLS refusals have codes of OpenSSL (ERR_SSL_…, EPROTO) or of certificate checks (…_CERT_…, UNABLE_TO_…).
  if (/SSL|TLS|CERT|EPROTO|UNABLE_TO_|CRL_|HOSTNAME_MISMATCH/.test(code)) {
    return new errorCodes.METABASE_SSO_TLS_FAILED(code, { cause })
  }
  return new errorCodes.METABASE_SSO_UNREACHABLE(code, { cause })
}
