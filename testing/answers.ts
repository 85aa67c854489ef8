import { page } from './html.js'

/** What goes over the wire: a status, a content type, a body. */
export interface Answer {
  status: number
  contentType: string
  body: string
}

export function text (status: number, body: string): Answer {
  return { status, contentType: 'text/plain;charset=utf-8', body }
}

export function json (status: number, body: object): Answer {
  return { status, contentType: 'application/json;charset=utf-8', body: JSON.stringify(body) }
}

export function html (status: number, title: string, sentence: string): Answer {
  return { status, contentType: 'text/html;charset=utf-8', body: page(title, sentence) }
}

/** Metabase's JSON for an exception that carries a `status` name. */
export function named (status: number, name: string, message: string): Answer {
  return json(status, { status: name, message, cause: message, data: { 'status-code': status, status: name } })
}

/** JSON with the stack trace that older versions showed (metabase#14820). */
export function traced (status: number, message: string): Answer {
  return json(status, { message, via: [{ type: 'clojure.lang.ExceptionInfo', message }], trace: ['metabase_enterprise.sso…'] })
}
