import type { FastifyInstance, FastifyReply } from 'fastify'

/** What goes over the wire: a status, headers, a body. */
export interface Answer {
  status: number
  /** Absent where Metabase sends no such header: texts below `/auth/sso`. */
  contentType?: string
  headers?: Readonly<Record<string, string>>
  body: string
}

/** Stands for "no Content-Type" until the headers are sent: Fastify would put in a type of its own. */
const noType = 'none/none'

/** Makes any text safe inside HTML, attribute values included. */
export function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** Makes a small complete page: one heading, one paragraph. */
function page (title: string, sentence: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p></body>
</html>
`
}

/** Makes an answer of text without a Content-Type, as Metabase sends it outside of `/api`. */
export function text (status: number, body: string): Answer {
  return { status, body }
}

/** Makes an answer of text with its Content-Type. */
export function plain (status: number, body: string): Answer {
  return { status, contentType: 'text/plain', body }
}

/** The answer to a request that requires a session and shows none. */
export const unauthenticated = plain(401, 'Unauthenticated')

/** Makes an answer of JSON. */
export function json (status: number, body: object): Answer {
  return { status, contentType: 'application/json;charset=utf-8', body: JSON.stringify(body) }
}

/** Makes an answer of a small page. */
export function html (status: number, title: string, sentence: string, headers?: Answer['headers']): Answer {
  return { status, contentType: 'text/html;charset=utf-8', headers, body: page(title, sentence) }
}

/** Sends an answer as it is. */
export function send (reply: FastifyReply, { status, contentType = noType, headers = {}, body }: Answer): FastifyReply {
  return reply.code(status).headers(headers).type(contentType).send(body)
}

/** Lets an answer leave without a Content-Type. */
export function allowNoType (app: FastifyInstance): void {
  app.addHook('onSend', async (_request, reply) => {
    if (reply.getHeader('content-type') === noType) reply.removeHeader('content-type')
  })
}
