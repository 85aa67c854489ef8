import cookie from '@fastify/cookie'
import session, { type FastifySessionOptions } from '@fastify/session'
import Fastify, { type FastifyInstance, type FastifyServerOptions, type LightMyRequestResponse } from 'fastify'
import { Writable } from 'node:stream'
import type { Test } from 'tap'
import metabaseSso, { type MetabaseSsoOptions } from '../../index.js'
import { startMetabase, type MetabaseStandIn, type MetabaseStandInOptions } from '../../testing/index.js'

declare module 'fastify' {
  interface Session {
    user?: AppUser
  }
}

/** The user type of the host apps in these tests. */
export interface AppUser {
  email: string
  firstName?: string
  lastName?: string
  groups?: string[]
}

export const SECRET = 'f00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dfacef00dface'

/** Of tests that are not about time: longer than any machine pauses, which the default of five seconds is not. */
export const TIMEOUT = 30_000
export const SESSION_SECRET = 'a session secret of the host app, longer than 32 characters'
export const ORIGIN = 'https://app.example.com'
export const ANN: AppUser = { email: 'ann@example.com', firstName: 'Ann', lastName: 'Lee', groups: ['sales'] }
/** Headers that a browser sends with a navigation. */
export const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', accept: 'text/html' }

export type Cookies = Record<string, string>

/** Those that an answer sets, for the next `inject`. */
export const cookiesOf = ({ cookies }: LightMyRequestResponse): Cookies =>
  Object.fromEntries(cookies.map(({ name, value }) => [name, value]))

export interface Host {
  app: FastifyInstance
  metabase: MetabaseStandIn
  /** Everything logged so far, a parsed line each. */
  logs: Array<Record<string, unknown> & { msg: string }>
  /** Signs a user in to the host app and returns the cookies for `inject`. */
  logIn (user?: AppUser): Promise<Cookies>
}

interface HostSetup {
  metabase?: Partial<MetabaseStandInOptions>
  /** Beside `secret`, `instanceUrl` and `origin`; false: the plugin is not registered. */
  options?: Partial<MetabaseSsoOptions<AppUser>> & { prefix?: string } | false
  server?: FastifyServerOptions
  /** For @fastify/session. */
  session?: Partial<FastifySessionOptions>
  /** Runs before @fastify/session and the plugin are registered. */
  before?: (app: FastifyInstance) => unknown
  /** Runs after. */
  after?: (app: FastifyInstance) => unknown
}

/** Every session id that a stand-in of this test file has issued. */
const issued = new Set<string>()

/** A stand-in Metabase. It ends with the test. */
export async function standIn (t: Test, options: Partial<MetabaseStandInOptions> = {}): Promise<MetabaseStandIn> {
  const metabase = await startMetabase({ secret: SECRET, ...options })
  t.teardown(() => metabase.close())
  // Revoked ones too must never be logged.
  const { sessions } = metabase
  const set = sessions.set.bind(sessions)
  sessions.set = (id, session) => { issued.add(id); return set(id, session) }
  return metabase
}

/**
 * A host app with the plugin, and its Metabase. Both end with the test, and then everything that the app
 * logged is searched for what must never be in a log: the test fails when something is found.
 */
export async function startHost (
  t: Test, { metabase: metabaseOptions, options, server, session: sessionOptions, before, after }: HostSetup = {}
): Promise<Host> {
  const { app, logs, lines } = loggedApp(server)
  // Teardowns run backwards: this one last, so that what it throws leaves nothing open.
  t.teardown(() => searchForSecrets(lines, [SECRET, SESSION_SECRET, ...issued]))
  const metabase = await standIn(t, metabaseOptions)
  t.teardown(() => app.close())
  await before?.(app)
  await app.register(cookie)
  await app.register(
    session, { secret: SESSION_SECRET, cookie: { secure: false }, saveUninitialized: false, ...sessionOptions }
  )
  if (options !== false) {
    app.register(
      metabaseSso,
      { secret: SECRET, instanceUrl: metabase.url, origin: ORIGIN, verify: false, timeout: TIMEOUT, ...options }
    )
  }
  await after?.(app)
  app.post<{ Body: AppUser }>('/login', async (request, reply) => {
    request.session.user = request.body
    return await reply.code(204).send()
  })
  return {
    app,
    metabase,
    logs,
    async logIn (user = ANN) {
      return cookiesOf(await app.inject({ method: 'POST', url: '/login', payload: user }))
    }
  }
}

function loggedApp (server: FastifyServerOptions = {}) {
  const lines: string[] = []
  const logs: Host['logs'] = []
  const stream = new Writable({
    write (chunk, _encoding, done) {
      lines.push(String(chunk))
      logs.push(JSON.parse(String(chunk)))
      done()
    }
  })
  return { app: Fastify({ logger: { level: 'trace', stream }, ...server }), lines, logs }
}

/** @throws when a secret, a session id or anything that looks like a JWT stands in a line */
export function searchForSecrets (lines: readonly string[], secrets: readonly string[]): void {
  for (const line of lines) {
    if (/eyJ[\w-]+\.eyJ/.test(line)) throw new Error('a JWT was logged')
    if (secrets.some(secret => line.includes(secret))) throw new Error('a secret or a session id was logged')
  }
}
