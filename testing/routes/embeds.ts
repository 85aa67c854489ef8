import type { FastifyInstance } from 'fastify'
import { readEmbed } from '../embeds.js'
import { page } from '../html.js'
import type { Instance } from '../instance.js'

interface WithToken { Params: { token: string } }

/** Metabase calls a question a card in its API. */
const kinds = [['dashboard', '/api/embed/dashboard'], ['question', '/api/embed/card']] as const

/** Guest and static embeds: what a token shows, as JSON for clients and as a page for iframes. */
export function embedRoutes (app: FastifyInstance, metabase: Instance): void {
  for (const [type, api] of kinds) {
    app.get<WithToken>(`${api}/:token`, async request => {
      const { id, params } = readEmbed(app, metabase, type, request.params.token)
      return { id, name: `${type} ${id}`, params }
    })
    app.get<WithToken>(`/embed/${type}/:token`, async (request, reply) => {
      const { id, params } = readEmbed(app, metabase, type, request.params.token)
      return reply.type('text/html;charset=utf-8').send(page('Metabase', `${type} ${id} for ${JSON.stringify(params)}`))
    })
  }
}
