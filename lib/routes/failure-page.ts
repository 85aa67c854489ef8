import { hash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { MetabaseSsoError } from '../errors.js'
import type { ResolvedOptions } from '../options/resolve.js'
import { errorRedirect, pathOf } from './host-pages.js'

/** Shows a failed navigation to a person: the host's error page, else one of ours. */
export type ShowFailure = (error: MetabaseSsoError, request: FastifyRequest, reply: FastifyReply) => Promise<void>

export const createShowFailure = (
  { errorUrl, timeout }: Pick<ResolvedOptions, 'errorUrl' | 'timeout'>
): ShowFailure => async (error, request, reply) => {
  if (errorUrl !== undefined) {
    try {
      return reply.redirect(await errorRedirect(errorUrl, error, request, timeout))
    } catch (err) {
      request.log.error({ err }, 'the error page of the app could not be shown')
    }
  }
  reply.code(error.statusCode).type('text/html; charset=utf-8')
  // A policy of the host's, such as @fastify/helmet's, may be stricter than ours.
  if (!reply.hasHeader('content-security-policy')) reply.header('content-security-policy', POLICY)
  reply.send(page(error, pathOf(request)))
}

const STYLE = ':root{color-scheme:light dark;font:1rem/1.5 system-ui,sans-serif}' +
  'body{max-width:32rem;margin:15vh auto;padding:0 1rem}h1{font-size:1.25rem}code{font-size:.875rem}'

const POLICY = `default-src 'none'; style-src 'sha256-${hash('sha256', STYLE, 'base64')}'; base-uri 'none'`

const page = ({ publicMessage, code }: MetabaseSsoError, again: string): string => `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Metabase could not be opened</title>
<style>${STYLE}</style>
<h1>Metabase could not be opened</h1>
<p>${escape(publicMessage)}</p>
<p><code>${escape(code)}</code></p>
<p><a href="${escape(again)}">Try again</a></p>
</html>
`

const escape = (text: string): string => text.replace(/[&<>"']/g, character => `&#${character.charCodeAt(0)};`)
