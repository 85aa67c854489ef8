import { isIP } from 'node:net'
import jwt from '@fastify/jwt'
import fastify, { type FastifyInstance } from 'fastify'
import { similarName } from '../lib/options/similar-name.js'
import { allowNoType, plain, send } from './answer.js'
import { allowOrigins } from './cors.js'
import { failRequests } from './failures/fail-requests.js'
import { Instance } from './instance.js'
import { answerOf } from './failures/refusal-answer.js'
import { Refused } from './failures/refusals.js'
import { parseQuery, recordOf, recordRequests } from './request.js'
import { agentRoute } from './routes/agent.js'
import { apiRoutes } from './routes/api.js'
import { EmbedRefused, embedRoutes } from './routes/embeds.js'
import { pageRoutes } from './routes/pages.js'
import { questionRoutes } from './routes/questions.js'
import { ssoRoutes } from './routes/sso.js'
import { toSessionRoute } from './routes/to-session.js'
import type { MetabaseStandIn, MetabaseStandInOptions } from './types.js'

const OPTIONS: Readonly<Record<keyof MetabaseStandInOptions, true>> = {
  secret: true,
  embeddingSecret: true,
  version: true,
  port: true,
  host: true,
  basePath: true,
  identityProviderUri: true,
  https: true,
  now: true
}

function refuseUnknown (options: object): void {
  const names = Object.keys(OPTIONS)
  const unknown = Object.keys(options).find(name => !names.includes(name))
  if (unknown === undefined) return
  const similar = similarName(unknown, names)
  const suggestion = similar === undefined ? '' : ` (did you mean "${similar}"?)`
  throw new TypeError(`startMetabase has no option "${unknown}"${suggestion}; there are ${names.join(', ')}`)
}

async function build (metabase: Instance, https: MetabaseStandInOptions['https']): Promise<FastifyInstance> {
  const app = fastify({
    // Open connections, hanging ones above all, must not keep a test from ending.
    forceCloseConnections: true,
    // A HEAD request must not log in.
    exposeHeadRoutes: false,
    // A JWT is longer than Fastify's 100 characters for a part of a path.
    routerOptions: { querystringParser: parseQuery, maxParamLength: 8192 },
    https: https ?? null
  })
  // A body that is not JSON is not an error here; it just holds no JWT.
  app.removeContentTypeParser('text/plain')
  app.addContentTypeParser('*', { parseAs: 'string' }, async () => undefined)
  app.setErrorHandler((error, request, reply) => {
    if (error instanceof EmbedRefused) return send(reply, plain(400, error.message))
    return error instanceof Refused
      ? send(reply, answerOf(metabase, error.refusal, recordOf(request), error.details))
      : reply.send(error)
  })
  // The key is given anew at each check, for it can be changed while the server runs.
  await app.register(jwt, { secret: metabase.secret })
  recordRequests(app, metabase)
  allowNoType(app)
  allowOrigins(app, metabase)
  failRequests(app, metabase)
  app.setNotFoundHandler((_request, reply) => send(reply, plain(404, 'Not found.')))
  await app.register(async app => {
    await app.register(async app => {
      ssoRoutes(app, metabase)
      toSessionRoute(app, metabase)
    })
    questionRoutes(app, metabase)
    embedRoutes(app, metabase)
    agentRoute(app, metabase)
    apiRoutes(app, metabase)
    pageRoutes(app, metabase)
  }, { prefix: metabase.basePath })
  return app
}

/**
 * Starts a stand-in Metabase. It listens when the promise resolves.
 * @example const metabase = await startMetabase({ secret: 'a secret', version: 'v56' })
 */
export async function startMetabase (options: MetabaseStandInOptions): Promise<MetabaseStandIn> {
  refuseUnknown(Object(options))
  const { https, port = 0, host = '127.0.0.1', ...rest } = Object(options) as MetabaseStandInOptions
  const metabase = new Instance(rest)
  const app = await build(metabase, https)
  const address = new URL(await app.listen({ port, host }))
  // Fastify tells the numeric address; cookies and certificates need the name that was asked for.
  if (isIP(host) === 0) address.hostname = host
  metabase.url = address.origin + metabase.basePath
  return Object.assign(metabase, { close: async () => app.close() })
}
