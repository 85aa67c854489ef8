import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import type { Instance } from './instance.js'

/** An origin that needs no entry in the list. */
const localhost = /^https?:\/\/localhost(:\d+)?$/
const ofProxy = { 'cross-origin-resource-policy': 'cross-origin', 'cross-origin-embedder-policy': 'require-corp' }
const anything = { 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' }

/**
 * Adds Metabase's own CORS, for the calls that a page makes to it directly. It never allows credentials: sessions
 * travel in `X-Metabase-Session`.
 *
 * From its `server/middleware/security.clj`: listed origins may read every answer, whatever its status, and
 * every origin may read 400 and 402 of `/auth/sso` and its preflights, from v56 on. What something between
 * the page and Metabase answers has none of these headers. Localhost is always let in, whatever its port.
 */
export function allowOrigins (app: FastifyInstance, metabase: Instance): void {
  app.decorateRequest('foreign', false)

  app.addHook('onSend', async (request, reply) => {
    reply.header('date', new Date(metabase.now()).toUTCString())
    if (!request.getDecorator<boolean>('foreign')) {
      reply.headers({ ...corsHeaders(metabase, request, reply), ...frameHeaders(metabase, request) })
    }
    if (metabase.settings.isolationHeaders) reply.headers(ofProxy)
  })
}

/** Marks a request as answered by something that is not Metabase. */
export function answeredByOthers (request: FastifyRequest): void {
  request.setDecorator('foreign', true)
}

/** Tells browsers which pages may show the instance in a frame. Embeds may be shown anywhere. */
function frameHeaders ({ basePath, settings }: Instance, { url }: FastifyRequest): Record<string, string> {
  const { frameOrigins } = settings
  if (url.startsWith(`${basePath}/embed/`)) return {}
  if (frameOrigins.length > 0) return { 'content-security-policy': `frame-ancestors ${frameOrigins.join(' ')};` }
  return { 'content-security-policy': "frame-ancestors 'none';", 'x-frame-options': 'DENY' }
}

function corsHeaders (
  { basePath, row, settings }: Instance,
  { method, url, headers: { origin } }: FastifyRequest,
  { statusCode }: FastifyReply
): Record<string, string> {
  const isOpen = row.openErrors && url.split('?', 1)[0] === `${basePath}/auth/sso`
  if (isOpen && (method === 'OPTIONS' || statusCode === 400 || statusCode === 402)) {
    return { ...anything, 'access-control-allow-origin': '*' }
  }
  if (origin === undefined || !(localhost.test(origin) || settings.corsOrigins.includes(origin))) return {}
  return {
    ...anything,
    'access-control-allow-origin': origin,
    'access-control-expose-headers': 'X-Metabase-Anti-CSRF-Token, X-Metabase-Version',
    'access-control-max-age': '60',
    vary: 'Origin'
  }
}
