import type { FastifyInstance } from 'fastify'
import { plain, send, unauthenticated } from '../answer.js'
import type { Instance } from '../instance.js'
import { sessionOf, userOf } from '../login/sessions.js'

/** Finds the numbers of groups. That of "All Users" is 1, and that of "Administrators" 2. */
const groupIds = ({ groups }: Instance, names: readonly string[]): number[] =>
  [1, ...names.map(name => [...groups.keys()].indexOf(name) + 2)]

/** Adds the few `/api` routes that matter to embedding. */
export function apiRoutes (app: FastifyInstance, metabase: Instance): void {
  app.addHook('preHandler', async (request, reply) => {
    const { url = '' } = request.routeOptions
    if (!metabase.settings.starting || !url.startsWith(`${metabase.basePath}/api/`) || url.endsWith('/health')) return
    return send(reply, plain(503, 'Metabase is still initializing. Please sit tight...'))
  })

  app.get('/api/health', async (_request, reply) => metabase.settings.starting
    ? reply.code(503).send({ status: 'initializing', progress: 0.7 })
    : { status: 'ok' })

  app.get('/api/session/properties', async () => {
    const { edition, licensed, sdkEmbedding, simpleEmbedding, release, siteUrl } = metabase.settings
    const isPaid = edition === 'enterprise' && licensed
    return {
      // Open source counts its versions from 0 instead of 1.
      version: { tag: `v${edition === 'enterprise' ? 1 : 0}.${release ?? metabase.row.tag}` },
      'site-url': siteUrl === undefined ? metabase.url : siteUrl,
      'enable-embedding-sdk': sdkEmbedding,
      // The switch for embed.js has the second name in older versions.
      'enable-embedding-modular': simpleEmbedding,
      'enable-embedding-simple': simpleEmbedding,
      // What the React SDK looks at.
      'token-features': { embedding_sdk: isPaid, sso_jwt: isPaid, development_mode: false }
    }
  })

  app.get('/api/user/current', async (request, reply) => {
    const user = userOf(metabase, request)
    if (user === undefined) return send(reply, unauthenticated)
    const { id, email, first_name: firstName, last_name: lastName, groups, tenant } = user
    const commonName = [firstName, lastName].filter(Boolean).join(' ') || email
    return {
      id,
      email,
      first_name: firstName,
      last_name: lastName,
      common_name: commonName,
      groups,
      group_ids: groupIds(metabase, groups),
      is_superuser: groups.includes('Administrators'),
      // Before they were kept apart, there was one list.
      ...metabase.row.attributesApart
        ? { jwt_attributes: user.attributes, login_attributes: user.loginAttributes ?? {} }
        : { login_attributes: user.attributes },
      tenant
    }
  })

  app.get<{ Querystring: { models?: string } }>('/api/search', async (request, reply) => {
    const user = userOf(metabase, request)
    if (user === undefined) return send(reply, unauthenticated)
    const { models = 'dashboard' } = request.query
    const visible = [...metabase.dashboards]
      .filter(([, { visibleTo = () => true }]) => models === 'dashboard' && visibleTo(user))
    const data = visible.map(([id, { name }]) => ({ id, name, model: 'dashboard' }))
    return { data, total: data.length, models: ['dashboard'], limit: null, offset: null }
  })

  app.delete('/api/session', async (request, reply) => {
    const session = sessionOf(metabase, request)
    if (session === undefined) return reply.callNotFound()
    metabase.sessions.delete(session.id)
    // Metabase gives even an answer without a body this type. Fastify would take it away.
    reply.raw.setHeader('content-type', 'application/json; charset=utf-8')
    return reply.code(204).send()
  })

  // The rest of the API and the static files. Without these routes `/*` would take them for pages.
  for (const prefix of ['/api', '/app']) app.get(`${prefix}/*`, async (_request, reply) => reply.callNotFound())
  for (const prefix of ['/api', '/auth']) app.options(`${prefix}/*`, async (_request, reply) => reply.send(''))
}
