import type { FastifyInstance } from 'fastify'
import { html, send } from '../answer.js'
import type { Instance } from '../instance.js'
import { sessionOf, setSessionCookie, userOf } from '../login/sessions.js'
import { Refused } from '../failures/refusals.js'

/** Adds what a browser visits, as far as full-app embedding goes. */
export function pageRoutes (app: FastifyInstance, metabase: Instance): void {
  app.get('/auth/logout', async (request, reply) => {
    const session = sessionOf(metabase, request)
    if (session !== undefined) metabase.sessions.delete(session.id)
    setSessionCookie(metabase, reply, null)
    return send(reply, html(200, 'Metabase', 'You are signed out.'))
  })

  app.get('/*', async (request, reply) => {
    if (/^[^?]*%2f/i.test(request.url)) throw new Refused('ambiguous-path')
    const user = userOf(metabase, request)
    if (user === undefined) {
      return reply.redirect(`${metabase.basePath}/auth/sso?redirect=${encodeURIComponent(request.url)}`)
    }
    return send(reply, html(200, 'Metabase', `${request.url} as seen by ${user.email}`))
  })
}
