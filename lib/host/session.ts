import type { FastifyRequest } from 'fastify'

/** As far as we need it, the store of `@fastify/session`. */
export interface SessionStore {
  get (id: string, callback: (error: unknown, record?: unknown) => void): void
  set (id: string, record: object, callback: (error?: unknown) => void): void
  destroy (id: string, callback: (error?: unknown) => void): void
}

/** What `@fastify/session` puts on a request, if the host has it: its types may not be there. */
interface SessionRequest {
  session?: { sessionId?: string, encryptedSessionId?: string, user?: unknown, isModified?: () => boolean, isSaved?: () => boolean } | null
  sessionStore: SessionStore
  cookies?: Readonly<Record<string, string | undefined>>
}

const withSession = (request: FastifyRequest): SessionRequest => request as unknown as SessionRequest

/** None where the session does not reach, as its cookie has another path. */
export const sessionIdOf = (request: FastifyRequest): string | undefined => withSession(request).session?.sessionId

export const sessionStoreOf = (request: FastifyRequest): SessionStore => withSession(request).sessionStore

/**
 * Whether the browser has the session, or will get it. Those who come with a bearer token have one of their own
 * in each request, which nobody ever asks for again.
 */
function isKept (request: FastifyRequest): boolean {
  const { session, cookies = {} } = withSession(request)
  if (session?.sessionId === undefined || session.encryptedSessionId === undefined) return false
  const { sessionId, encryptedSessionId } = session
  // Signed with an earlier secret, the cookie has another signature; with a signer of the host's, it may not show the id.
  return Object.values(cookies).some(cookie => cookie?.endsWith(encryptedSessionId) || cookie?.includes(`${sessionId}.`)) ||
    session.isModified?.() === true || session.isSaved?.() === true
}

/** Of a session that lasts beyond this request. */
export const keptSessionIdOf = (request: FastifyRequest): string | undefined => isKept(request) ? sessionIdOf(request) : undefined

/** The `getUser` used when the host gives none. */
export const sessionUser = (request: FastifyRequest): unknown => withSession(request).session?.user
