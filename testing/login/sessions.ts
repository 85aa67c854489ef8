import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Instance } from '../instance.js'
import type { IssuedSession, MetabaseUser } from '../types.js'

const cookieName = 'metabase.SESSION'

function cookieValue (header = ''): string | undefined {
  const pair = header.split(/;\s*/).find(pair => pair.startsWith(`${cookieName}=`))
  return pair?.slice(cookieName.length + 1)
}

/** Finds the session that a request shows, by header or by cookie. */
export function sessionOf (metabase: Instance, { headers }: FastifyRequest): IssuedSession | undefined {
  const id = headers['x-metabase-session'] ?? cookieValue(headers.cookie)
  return metabase.sessions.get(String(id))
}

/** Makes the user that Metabase has for each API key. */
function apiKeyUser (key: string): MetabaseUser {
  const email = `api-key-user-${key.slice(0, 4)}@api-key.invalid`
  return {
    id: 1_000_000,
    email,
    first_name: 'API key',
    last_name: null,
    groups: [],
    attributes: {},
    tenant: null,
    active: true
  }
}

/** Finds the user of a request, by API key or by session. A deactivated account is no user. */
export function userOf (metabase: Instance, request: FastifyRequest): MetabaseUser | undefined {
  const key = request.headers['x-api-key']
  if (typeof key === 'string' && metabase.apiKeys.has(key)) return apiKeyUser(key)
  const email = sessionOf(metabase, request)?.email.toLowerCase()
  const user = email === undefined ? undefined : metabase.users.get(email)
  return user?.active ? user : undefined
}

/** Gives the browser the session, or takes it away. */
export function setSessionCookie (metabase: Instance, reply: FastifyReply, session: IssuedSession | null): void {
  const path = metabase.basePath || '/'
  const [value, age] = session === null ? ['', '; Max-Age=0'] : [session.id, '']
  reply.header('set-cookie', `${cookieName}=${value}; Path=${path}${age}; HttpOnly; SameSite=Lax`)
}
