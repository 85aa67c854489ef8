import type { FastifyInstance } from 'fastify'
import { html, send } from '../answer.js'
import type { Instance } from '../instance.js'
import { payloadOf } from '../login/jwt.js'

/** What a guest token that Metabase accepts shows: values that the holder of the token cannot change. */
interface ShownEmbed {
  type: 'dashboard' | 'question'
  id: number | string
  params: Record<string, unknown>
}

/** The error of a token that shows nothing: 400 with this sentence. */
export class EmbedRefused extends Error {}

type Payload = { resource?: Record<string, unknown>, params?: Record<string, unknown>, exp?: unknown, nbf?: unknown }

/** Seconds by which `exp` and `nbf` of a guest token may be off. An SSO JWT has no such leeway. */
const leeway = 60

/**
 * Checks a guest token as Metabase's `/api/embed` does: switched on, signature, times, whether the item exists
 * and is published, and the parameters' settings. There is no age limit by `iat`.
 * From its `embedding/jwt.clj` and `embedding_rest/api/common.clj`.
 */
function readEmbed (
  app: FastifyInstance, metabase: Instance, type: ShownEmbed['type'], token: string
): ShownEmbed {
  if (!metabase.settings.guestEmbedding) throw new EmbedRefused('Embedding is not enabled.')
  const payload: Payload | undefined = payloadOf(app, metabase.embeddingSecret, token)
  if (payload === undefined) throw new EmbedRefused('Message seems corrupt or manipulated')
  const { resource, params, exp, nbf } = payload
  const now = metabase.seconds()
  if (typeof exp === 'number' && exp <= now - leeway) throw new EmbedRefused(`Token is expired (${exp})`)
  if (typeof nbf === 'number' && nbf > now + leeway) throw new EmbedRefused(`Token is not yet valid (${nbf})`)
  const id = resource?.[type]
  if (typeof id !== 'number' && typeof id !== 'string') {
    throw new EmbedRefused(`Token is missing value for keypath [:resource :${type}]`)
  }
  const settings = metabase.published.get(`${type}/${id}`)
  if (settings === undefined) throw new EmbedRefused(notShown(metabase, type, id))
  if (typeof params !== 'object' || params === null) {
    throw new EmbedRefused('Token is missing value for keypath [:params]')
  }
  checkParams(settings, params)
  return { type, id, params }
}

/** Tells an item that is not published from one that does not exist. */
function notShown ({ dashboards, questions }: Instance, type: ShownEmbed['type'], id: number | string): string {
  const items: Map<number, unknown> = type === 'dashboard' ? dashboards : questions
  return items.has(Number(id)) ? 'Embedding is not enabled for this object.' : 'Not found.'
}

/** Checks the locked and the disabled parameters first, then for unknown ones. A blank string is no value. */
function checkParams (settings: Readonly<Record<string, string>>, params: Record<string, unknown>): void {
  const given = Object.fromEntries(Object.entries(params)
    .filter(([, value]) => typeof value !== 'string' || value.trim() !== ''))
  for (const [name, setting] of Object.entries(settings)) {
    if (setting === 'disabled' && Object.hasOwn(given, name)) {
      throw new EmbedRefused(`You're not allowed to specify a value for :${name}.`)
    }
    if (setting === 'locked' && (given[name] ?? null) === null) {
      throw new EmbedRefused(`You must specify a value for :${name} in the JWT.`)
    }
  }
  for (const name of Object.keys(given)) {
    if (settings[name] === undefined) throw new EmbedRefused(`Unknown parameter :${name}.`)
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
      return send(reply, html(200, 'Metabase', `${type} ${id} for ${JSON.stringify(params)}`))
    })
  }
}
