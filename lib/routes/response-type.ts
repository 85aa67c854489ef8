import type { FastifyRequest } from 'fastify'

/** The three responses: `{jwt}`, a Metabase session, a redirect to Metabase. */
export type ResponseType = 'jwt' | 'session' | 'redirect'

const PAGES: ReadonlySet<string> = new Set(['document', 'iframe', 'frame', 'embed', 'object'])

/** The response that the client behind a request expects. */
export function responseType ({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>): ResponseType {
  // SDK 0.55 and later, and embed.js, ask for the JWT and trade it themselves.
  if ((query as { response?: unknown }).response === 'json') return 'jwt'
  return isNavigation(headers) ? 'redirect' : 'session'
}

function isNavigation (headers: FastifyRequest['headers']): boolean {
  const destination = headers['sec-fetch-dest']
  const mode = headers['sec-fetch-mode']
  if (destination === undefined && mode === undefined) {
    // Older browsers, and every browser on plain http, send no fetch metadata.
    return /\btext\/html\b/i.test(headers.accept ?? '')
  }
  return mode === 'navigate' || PAGES.has(String(destination))
}
