import type { FastifyInstance } from 'fastify'
import { page } from '../answer.js'
import type { Instance } from '../instance.js'

/** What a guest token that Metabase accepts shows: values that the holder of the token cannot change. */
interface ShownEmbed {
  type: 'dashboard' | 'question'
  id: number | string
  params: Record<string, unknown>
}

/** The error of a token that shows nothing: 400 with this sentence. */
export class EmbedRefused extends Error {}

type Payload = { resource?: Record<string, unknown>, params?: Record<string, unknown>, exp?: unknown }

/**
 * Checks a guest token as Metabase's `/api/embed` does: switched on, signature, expiry, what it must hold,
 * whether the item is published, and the parameters' settings. There is no age limit by `iat`.
 * From its `embedding/jwt.clj` and `api/embed/common.clj`.
 */
function readEmbed (
  app: FastifyInstance, metabase: Instance, type: ShownEmbed['type'], token: string
): ShownEmbed {
  if (!metabase.settings.guestEmbedding) throw new EmbedRefused('Embedding is not enabled.')
  const { resource, params, exp } = verified(app, metabase, token)
  if (typeof exp === 'number' && exp <= metabase.seconds()) throw new EmbedRefused(`Token is expired (${exp})`)
  const id = resource?.[type]
  if (typeof id !== 'number' && typeof id !== 'string') {
    throw new EmbedRefused(`Token is missing value for keypath [:resource :${type}]`)
  }
  if (typeof params !== 'object' || params === null) {
    throw new EmbedRefused('Token is missing value for keypath [:params]')
  }
  const settings = metabase.published.get(`${type}/${id}`)
  if (settings === undefined) throw new EmbedRefused('Embedding is not enabled for this object.')
  checkParams(settings, params)
  return { type, id, params }
}

function verified (app: FastifyInstance, metabase: Instance, token: string): Payload {
  try {
    return app.jwt.verify<Payload>(token, {
      key: metabase.embeddingSecret, algorithms: ['HS256'], ignoreExpiration: true, ignoreNotBefore: true
    })
  } catch {
    throw new EmbedRefused('Message seems corrupt or manipulated')
  }
}

function checkParams (settings: Readonly<Record<string, string>>, params: Record<string, unknown>): void {
  for (const name of Object.keys(params)) {
    if (settings[name] === undefined) throw new EmbedRefused(`Unknown parameter :${name}.`)
    if (settings[name] === 'disabled') throw new EmbedRefused(`You're not allowed to specify a value for :${name}.`)
  }
  for (const [name, setting] of Object.entries(settings)) {
    if (setting === 'locked' && (params[name] ?? '') === '') {
      throw new EmbedRefused(`You must specify a value for :${name} in the JWT.`)
    }
  }
}

interface WithToken { Params: { token: string } }

/** Metabase calls a question a card in its API. */
const kinds = [['dashboard', '/api/embed/dashboard'], ['question', '/api/embed/card']] as const

/** Adds guest and static embeds: what a token shows, as JSON for clients and as a page for iframes. */
export function embedRoutes (app: FastifyInstance, metabase: Instance): void {
  for (const [type, api] of kinds) {
    app.get<WithToken>(`${api}/:token`, async request => {
      const { id, params } = readEmbed(app, metabase, type, request.params.token)
      return { id, name: `${type} ${id}`, params }
    })
    app.get<WithToken>(`/embed/${type}/:token`, async (request, reply) => {
      const { id, params } = readEmbed(app, metabase, type, request.params.token)
      const shown = page('Metabase', `${type} ${id} for ${JSON.stringify(params)}`)
      return reply.type('text/html;charset=utf-8').send(shown)
    })
  }
}
