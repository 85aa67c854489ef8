import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { errorCodes } from '../errors.js'
import type { GetSessionId, HostRequest, KeyValueStore } from './functions.js'
import { asTexts, besideSessions, type RecordStore, type SessionStore } from './store.js'

/** A user session of the host app that lasts beyond the request. */
export interface HostSession {
  id: string
  /** Whether the browser has brought it. Else it is new: a client without cookies has another one in each request. */
  isBrought: boolean
  store: RecordStore
  /** Of the request. */
  log: FastifyBaseLogger
}

/** What `@fastify/session` puts on a request. All of it is absent in an app without sessions. */
interface SessionRequest {
  session?: Session | null
  sessionStore?: SessionStore
  /** Of @fastify/cookie, which `@fastify/session` requires. */
  cookies: Readonly<Record<string, string>>
}

interface Session {
  sessionId?: string
  cookie?: unknown
  encryptedSessionId: string
  user?: unknown
  isModified (): boolean
  isSaved (): boolean
}

const withSession = (request: FastifyRequest): SessionRequest => request as unknown as SessionRequest

/** Returns the `user` of the session. The `getUser` of an app that gives none. */
export const sessionUser = (request: FastifyRequest): unknown => withSession(request).session?.user

/** Finds the user session of a request: Metabase sessions are remembered for it. */
export interface HostSessions {
  /** Whether the request has one, if only for itself. */
  has (request: FastifyRequest): boolean
  /** Returns the session that the browser has or will get; undefined when there is none that lasts. */
  of (request: FastifyRequest): HostSession | undefined
}

/** The sessions of `@fastify/session`. */
export const fastifySessions: HostSessions = {
  // Not after `destroy()`, nor where the path of the cookie does not reach.
  has: request => withSession(request).session?.sessionId !== undefined,
  of (request) {
    const { session, sessionStore } = withSession(request)
    const id = session?.sessionId
    if (session == null || id === undefined || sessionStore === undefined) return undefined
    const isBrought = hasCookieOf(request, session)
    if (!isBrought && !session.isModified() && !session.isSaved()) return undefined // no later request asks for it
    return { id, isBrought, store: besideSessions(sessionStore), log: request.log }
  }
}

/** Sessions of another kind, by the options `store` and `sessionId`. */
export function ownSessions (keyValues: KeyValueStore, sessionId: GetSessionId): HostSessions {
  const store = asTexts(keyValues)
  const of: HostSessions['of'] = request => {
    const id = sessionIdOf(request, sessionId)
    return id ? { id, isBrought: true, store, log: request.log } : undefined
  }
  return { of, has: request => of(request) !== undefined }
}

function sessionIdOf (request: FastifyRequest, sessionId: GetSessionId): string | undefined | null {
  let id: unknown
  try {
    id = sessionId(request as HostRequest)
  } catch (cause) {
    throw new errorCodes.METABASE_SSO_SESSION_ID_FAILED('failed', { cause })
  }
  if (id == null || typeof id === 'string') return id
  throw new errorCodes.METABASE_SSO_SESSION_ID_FAILED('returned neither a string nor undefined')
}

function hasCookieOf (request: FastifyRequest, { sessionId, encryptedSessionId }: Session): boolean {
  // Signed with an earlier secret, the cookie has another signature; with a signer of the host's, it may hide the id.
  return Object.values(withSession(request).cookies)
    .some(cookie => cookie.endsWith(encryptedSessionId) || cookie.includes(`${sessionId}.`))
}

/** Says why the session of a request gives no user. */
export function missingUser (request: FastifyRequest): string {
  const { session, cookies } = withSession(request)
  if (session == null) return 'it has no session'
  const { sessionId, cookie, ...values } = session
  if (sessionId === undefined) return 'its session holds no `user`' // not of `@fastify/session`
  if (!hasCookieOf(request, session)) {
    return Object.keys(cookies).length === 0
      ? 'no cookie came (a visitor, or a cookie that SameSite, Secure, Path or missing CORS credentials kept back)'
      : 'none of its cookies is of a session in the store (it has ended, or its secret or its store is another one)'
  }
  const names = Object.keys(values).slice(0, 5).map(name => `\`${name.slice(0, 40)}\``)
  if (names.length === 0) return 'its session is empty'
  return `its session holds no \`user\` but ${names.join(', ')} (pass \`getUser\` if the user is elsewhere)`
}
