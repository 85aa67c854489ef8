import type { Dispatcher } from 'undici'
import type { Cancellation } from './deadline.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'

/** An answer of Metabase, read whole. */
export interface Answer {
  status: number
  /** Media type without parameters, in lower case; '' when there is none. */
  type: string
  location: string | undefined
  body: string
}

/** One request to Metabase: path and query below the instance's base URL. */
export interface Call {
  method: 'GET' | 'POST' | 'DELETE'
  path: string
  headers?: Record<string, string>
  body?: string
}

export type Send = (call: Call, cancellation: Cancellation) => Promise<Answer>

/** Sessions are 200 bytes and Metabase's HTML error pages a few hundred kilobytes; more is not from Metabase. */
const MOST_BYTES = 1024 * 1024

/**
 * The transport to one instance. Redirects are not followed, nothing of the host's request is forwarded,
 * and what comes back is bounded in time (by the cancellation) and in size.
 * @param dispatcher of undici 7 or later
 */
export function createSend (instanceUrl: string, dispatcher: Dispatcher, timeout: number): Send {
  const { origin, pathname } = new URL(instanceUrl)
  const basePath = pathname === '/' ? '' : pathname

  return ({ method, path, headers, body }, cancellation) => new Promise((resolve, reject) => {
    cancellation.onCancel(() => reject(new Error(CANCELLED))) // undici would let it wait for a connection
    ask(dispatcher, { origin, method, path: basePath + path, headers, body }, cancellation, resolve, cause => {
      reject(cause instanceof MetabaseSsoError ? cause : transportError(withoutSecrets(cause), timeout))
    })
  })
}

/**
 * By undici's `dispatch`, as `request` makes a stream of each answer. A keep-alive connection may have died since it
 * was used last, when Metabase was restarted for instance: that shows only now, and is tried again.
 */
function ask (dispatcher: Dispatcher, options: Dispatcher.DispatchOptions, cancellation: Cancellation, onAnswer: (answer: Answer) => void, onError: (error: unknown) => void, isRetry = false): void {
  const chunks: Buffer[] = []
  const answer: Answer = { status: 0, type: '', location: undefined, body: '' }
  let [isAnswered, bytes] = [false, 0]
  if (cancellation.cancelled) return onError(new Error(CANCELLED))

  const handler: Dispatcher.DispatchHandler = {
    onRequestStart (controller) {
      cancellation.onCancel(() => controller.abort(new Error(CANCELLED)))
    },
    onResponseStart (_controller, status, { 'content-type': type, location }) {
      isAnswered = true
      answer.status = status
      answer.type = mediaType(type)
      answer.location = location === undefined ? undefined : String(location)
    },
    onResponseData (controller, chunk) {
      bytes += chunk.length
      if (bytes > MOST_BYTES) return controller.abort(new errorCodes.METABASE_SSO_ANSWER_TOO_LARGE())
      chunks.push(chunk)
    },
    onResponseEnd () {
      answer.body = Buffer.concat(chunks).toString()
      onAnswer(answer)
    },
    onResponseError (_controller, error) {
      if (isAnswered || isRetry || !isDeadConnection(error)) return onError(error)
      // Not at once: whatever closed it has closed others, too, which undici has yet to see; and it may be amid its own tidying up.
      setImmediate(ask, dispatcher, options, cancellation, onAnswer, onError, true)
    }
  }
  try {
    dispatcher.dispatch(options, handler)
  } catch (error) { // as that of undici 6 does
    onError(error)
  }
}

/** Nobody sees it: who cancels answers by himself. */
const CANCELLED = 'nobody waits for it any more'

/** Without parameters. */
const mediaType = (contentType: string | string[] | undefined): string => /^[\w.+-]+\/[\w.+-]+/.exec(String(contentType ?? ''))?.[0].toLowerCase() ?? ''

/** Closed before any byte of an answer came back; one that was refused is something else. */
function isDeadConnection (error: unknown): boolean {
  const { code } = Object(error) as { code?: unknown }
  // ECONNRESET also of one that was still being opened, in the queue of a Metabase that was stopped at this moment.
  return code === 'UND_ERR_SOCKET' || code === 'ECONNRESET' || code === 'EPIPE'
}

/** What may be kept of a foreign error: undici's parser quotes the answer in `data`, and mocks quote the URL. */
function withoutSecrets (error: unknown): Error & { code: string } {
  const { name, message, code } = Object(error) as { name?: unknown, message?: unknown, code?: unknown }
  const copy = new Error(String(message).replace(/eyJ[\w-]*\.[\w.-]*/g, '[JWT]').replace(/[\da-f-]{32,}/gi, '[id]'))
  return Object.assign(copy, { name: String(name), code: typeof code === 'string' ? code : 'unknown' })
}

function transportError (cause: Error & { code: string }, timeout: number): MetabaseSsoError {
  const { code, message } = cause
  // undici 6 and its interceptors want another kind of handler: "invalid onError method", "handler.onConnect is not a function".
  if (/\bon(Connect|Error)\b/.test(message)) return new errorCodes.METABASE_SSO_OPTION_INVALID('dispatcher', 'is not of undici 7 or later', { cause })
  // Of the pool or of the host's own dispatcher; our deadline has answered by itself (withDeadline).
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return new errorCodes.METABASE_SSO_TIMEOUT(timeout, { cause })
  // TLS refusals have OpenSSL's codes (ERR_SSL_…, EPROTO) or those of certificate checks (…_CERT_…, UNABLE_TO_…).
  if (/SSL|TLS|CERT|EPROTO|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH/.test(code)) return new errorCodes.METABASE_SSO_TLS_FAILED(code, { cause })
  return new errorCodes.METABASE_SSO_UNREACHABLE(code, { cause })
}
