import type { FastifyInstance, FastifyRequest } from 'fastify'
import { json, send, type Answer } from '../answer.js'
import type { Instance } from '../instance.js'
import { readJwt, type Claims } from '../login/jwt.js'
import { emailClaim } from '../login/login.js'
import { userOf } from '../login/sessions.js'
import { tenantClaim } from '../login/tenants.js'
import type { MetabaseUser } from '../types.js'

/** The four ways in which `agent_api/auth.clj` refuses. */
const refusals = {
  missing: refusal('missing_authorization',
    'Authentication required. Use X-Metabase-Session header or Authorization: Bearer <jwt>.'),
  format: refusal('invalid_authorization_format',
    'Authorization header must use Bearer scheme: Authorization: Bearer <jwt>'),
  invalid: refusal('invalid_jwt', 'Invalid or expired JWT token.'),
  off: refusal('jwt_not_configured',
    'JWT authentication is not configured. Set the JWT shared secret in admin settings.')
}

function refusal (error: string, message: string): Answer {
  return json(401, { error, message })
}

/** A caller that was let in. `scopes` is null where nothing limits it. */
interface Caller { user: MetabaseUser, scopes: string[] | null }

/** Reads the `scope` claim: names with spaces between them. One that names nothing allows nothing. */
function scopesOf ({ scope }: Claims): string[] | null {
  if (scope === undefined) return null
  return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
}

/** Finds the user of an SSO JWT: one that exists and is active. No session is made, nothing is synced. */
function callerBy (app: FastifyInstance, metabase: Instance, jwt: string): Caller | Answer {
  if (!metabase.jwtOn) return refusals.off
  try {
    const claims = readJwt(app, metabase, jwt)
    tenantClaim(metabase, claims)
    const user = metabase.users.get(emailClaim(metabase, claims).toLowerCase())
    return user?.active ? { user, scopes: scopesOf(claims) } : refusals.invalid
  } catch {
    // Whatever is wrong: an anonymous caller learns nothing about it.
    return refusals.invalid
  }
}

/** Finds the caller of a request: by its session, else by its Bearer token. */
function callerOf (app: FastifyInstance, metabase: Instance, request: FastifyRequest): Caller | Answer {
  const user = userOf(metabase, request)
  if (user !== undefined) return { user, scopes: null }
  const { authorization } = request.headers
  if (authorization === undefined) return refusals.missing
  const [, jwt] = /^bearer (.*)/i.exec(authorization) ?? []
  return jwt === undefined ? refusals.format : callerBy(app, metabase, jwt.trim())
}

/** Adds one route of the Agent API. Its answer is ours; the way in is Metabase's. */
export function agentRoute (app: FastifyInstance, metabase: Instance): void {
  app.get('/api/agent/v1/ping', async (request, reply) => {
    if (!metabase.row.agentApi) return reply.callNotFound()
    const caller = callerOf(app, metabase, request)
    if ('status' in caller) return send(reply, caller)
    return { message: 'pong', email: caller.user.email, scopes: caller.scopes }
  })
}
