import type { FastifyRequest } from 'fastify'

const MINUTE_MS = 60_000
/** Lines in a minute, and characters of an origin in each: both are chosen by the caller. */
const MAX_ORIGINS = 20
const MAX_LENGTH = 200

/** Logs an origin that is not allowed, once a minute. Without the line, only the browser's console tells. */
export function createOriginLog (): (request: FastifyRequest) => void {
  const logged = new Set<string>()
  let began = -Infinity
  let unlogged = 0

  return request => {
    const origin = String(request.headers.origin).slice(0, MAX_LENGTH)
    if (isOwn(request)) return
    if (performance.now() - began >= MINUTE_MS) {
      if (unlogged > 0) request.log.info({ requests: unlogged }, 'further origins were refused in a minute before')
      began = performance.now()
      unlogged = 0
      logged.clear()
    }
    if (logged.has(origin)) return
    if (logged.size === MAX_ORIGINS) {
      unlogged++
      return
    }
    logged.add(origin)
    request.log.info({ origin }, 'a page may not read the response: its origin is not in the option `origin`')
  }
}

/** Pages of the app itself send their origin with a POST, and need no CORS. */
function isOwn ({ headers, host }: FastifyRequest): boolean {
  return headers['sec-fetch-site'] === 'same-origin' || String(headers.origin).endsWith(`://${host}`)
}
