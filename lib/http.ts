import type { Dispatcher } from 'undici'
import { errorCodes, type MetabaseSsoError } from './errors.js'

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

export type Send = (call: Call, signal: AbortSignal) => Promise<Answer>

/** Sessions are 200 bytes and Metabase's HTML error pages a few hundred kilobytes; more is not from Metabase. */
const MOST_BYTES = 1024 * 1024

/**
 * The transport to one instance. Redirects are not followed, nothing of the host's request is forwarded,
 * and what comes back is bounded in time (by the signal) and in size.
 */
export function createSend (instanceUrl: string, dispatcher: Dispatcher, timeout: number): Send {
  const { origin, pathname } = new URL(instanceUrl)
  const basePath = pathname === '/' ? '' : pathname

  /** A keep-alive connection may have died since it was used last, when Metabase was restarted for instance: that shows only now. */
  async function requestTwice (options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    try {
      return await dispatcher.request(options)
    } catch (error) {
      if (!isDeadConnection(error)) throw error
      return await dispatcher.request(options)
    }
  }

  return async function send ({ method, path, headers, body }, signal) {
    try {
      const response = await requestTwice({ origin, method, path: basePath + path, headers, body, signal })
      return {
        status: response.statusCode,
        type: /^[\w.+-]+\/[\w.+-]+/.exec(header(response.headers['content-type']))?.[0].toLowerCase() ?? '',
        location: header(response.headers.location) || undefined,
        body: await readBounded(response.body)
      }
    } catch (cause) {
      if (cause instanceof errorCodes.METABASE_SSO_ANSWER_TOO_LARGE) throw cause
      throw transportError(withoutSecrets(cause), timeout)
    }
  }
}

interface DeadlineOptions {
  /** When nobody waits for it any more. */
  gone?: AbortSignal
  /** What is thrown when the time is up. Default: METABASE_SSO_TIMEOUT. */
  late?: () => Error
}

/**
 * Aborts the work when the time is up or nobody waits for it any more, and does not wait for it to notice:
 * undici lets a request that has no connection yet go on waiting for one.
 * @throws METABASE_SSO_TIMEOUT, METABASE_SSO_CLIENT_GONE
 */
export async function withDeadline<T> (timeout: number, work: (signal: AbortSignal) => Promise<T>, options: DeadlineOptions = {}): Promise<T> {
  const { gone, late = () => new errorCodes.METABASE_SSO_TIMEOUT(timeout) } = options
  const controller = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const ended = new Promise<never>((_resolve, reject) => {
    const end = (error: Error) => {
      reject(error)
      controller.abort()
    }
    timer = setTimeout(() => end(late()), timeout)
    gone?.addEventListener('abort', () => end(new errorCodes.METABASE_SSO_CLIENT_GONE()), { once: true })
  })
  try {
    return await Promise.race([work(controller.signal), ended])
  } finally {
    clearTimeout(timer)
  }
}

const header = (value: string | string[] | undefined): string => String(value ?? '')

async function readBounded (body: Dispatcher.ResponseData['body']): Promise<string> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) throw new errorCodes.METABASE_SSO_ANSWER_TOO_LARGE() // leaving the loop destroys the body
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

/** Closed before any byte of an answer came back; one that could not be opened is something else. */
function isDeadConnection (error: unknown): boolean {
  const { code, syscall } = Object(error) as { code?: unknown, syscall?: unknown }
  return code === 'UND_ERR_SOCKET' || ((code === 'ECONNRESET' || code === 'EPIPE') && syscall !== 'connect')
}

/** What may be kept of a foreign error: undici's parser quotes the answer in `data`, and mocks quote the URL. */
function withoutSecrets (error: unknown): Error & { code: string } {
  const { name, message, code } = Object(error) as { name?: unknown, message?: unknown, code?: unknown }
  const copy = new Error(String(message).replace(/eyJ[\w-]*\.[\w.-]*/g, '[JWT]'))
  return Object.assign(copy, { name: String(name), code: typeof code === 'string' ? code : 'unknown' })
}

function transportError (cause: Error & { code: string }, timeout: number): MetabaseSsoError {
  const { code } = cause
  // Of the pool or of the host's own dispatcher; our deadline has answered by itself (withDeadline).
  if (code.includes('TIMEOUT') || code === 'ETIMEDOUT') return new errorCodes.METABASE_SSO_TIMEOUT(timeout, { cause })
  // TLS refusals have OpenSSL's codes (ERR_SSL_…, EPROTO) or those of certificate checks (…_CERT_…, UNABLE_TO_…).
  if (/SSL|TLS|CERT|EPROTO|^UNABLE_TO_|^CRL_|^HOSTNAME_MISMATCH/.test(code)) return new errorCodes.METABASE_SSO_TLS_FAILED(code, { cause })
  return new errorCodes.METABASE_SSO_UNREACHABLE(code, { cause })
}
