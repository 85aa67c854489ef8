import type { FastifyReply } from 'fastify'

/** What goes over the wire: a status, a content type, a body. */
export interface Answer {
  status: number
  contentType: string
  body: string
}

/** Makes any text safe inside HTML, attribute values included. */
function escapeHtml (text: string): string {
  return text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
}

/** Makes a small complete page: one heading, one paragraph. */
export function page (title: string, sentence: string): string {
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>${escapeHtml(title)}</title></head>
<body><h1>${escapeHtml(title)}</h1><p>${escapeHtml(sentence)}</p></body>
</html>
`
}

/** Makes an answer of plain text. */
export function text (status: number, body: string): Answer {
  return { status, contentType: 'text/plain;charset=utf-8', body }
}

/** Makes an answer of JSON. */
export function json (status: number, body: object): Answer {
  return { status, contentType: 'application/json;charset=utf-8', body: JSON.stringify(body) }
}

/** Makes an answer of a small page. */
export function html (status: number, title: string, sentence: string): Answer {
  return { status, contentType: 'text/html;charset=utf-8', body: page(title, sentence) }
}

/** Makes Metabase's JSON for an exception that carries a `status` name. */
export function named (status: number, name: string, message: string): Answer {
  return json(status, { status: name, message, cause: message, data: { 'status-code': status, status: name } })
}

/** Makes JSON with the stack trace that older versions showed (metabase#14820). */
export function traced (status: number, message: string): Answer {
  return json(status, {
    message, via: [{ type: 'clojure.lang.ExceptionInfo', message }], trace: ['metabase_enterprise.sso…']
  })
}

/** Sends an answer as it is. */
export function send (reply: FastifyReply, { status, contentType, body }: Answer): FastifyReply {
  return reply.code(status).type(contentType).send(body)
}
