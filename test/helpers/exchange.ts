import Fastify, { type FastifyInstance, type LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import metabaseSso, { type MetabaseSsoOptions } from '../../index.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { ANN, SECRET, TIMEOUT, type AppUser, type Host } from './host.js'

export const VERSIONS = ['v50', 'v55', 'v56', 'v58', 'v61'] as const

/** What Metabase is asked, as `asked` writes it. */
export const DISCOVERY = 'GET /auth/sso?preferred_method=jwt'
export const TOKEN = 'GET /auth/sso?token=true&jwt=…'
export const GET = 'GET /auth/sso?jwt=…'
export const POST = 'POST /auth/sso'
export const TO_SESSION = 'POST /auth/sso/to_session'
export const PROPERTIES = 'GET /api/session/properties'

/** What the stand-in was asked after its first `from` requests, without JWTs, and without the queries of POSTs. */
export const asked = ({ requests }: MetabaseStandIn, from = 0): string[] =>
  requests.slice(from).map(({ method, path, url }) =>
    method === 'POST' ? `POST ${path}` : `${method} ${url.replaceAll(/eyJ[\w.-]+/g, '…')}`)

/** The payload of a JWT, or of the one in a text. */
export function payloadOf (text: string): Record<string, unknown> {
  const [, payload = ''] = /eyJ[\w-]+\.([\w-]+)/.exec(text) ?? []
  return JSON.parse(Buffer.from(payload, 'base64url').toString())
}

/** Logs Ann in to the host app; what is returned asks for a Metabase session as she. */
export async function asAnn ({ app, logIn }: Host): Promise<() => Promise<LightMyRequestResponse>> {
  const cookies = await logIn()
  return async () => await app.inject({ url: '/sso/metabase', cookies })
}

/** Lets so many users, each at a computer of their own, ask for a Metabase session at once. */
export async function atComputers ({ app, logIn }: Host, count: number): Promise<LightMyRequestResponse[]> {
  const sessions = await Promise.all(Array.from({ length: count }, async (_, n) =>
    await logIn({ ...ANN, email: `user-${n}@example.com` })))
  return await Promise.all(sessions.map(async cookies => await app.inject({ url: '/sso/metabase', cookies })))
}

/** The body of a failure: the JSON, or what the page for people says. */
export function failureOf (response: LightMyRequestResponse): Record<string, unknown> {
  if (!String(response.headers['content-type']).startsWith('text/html')) return response.json()
  const [, error, code] = /<p>(.*)<\/p>\n<p><code>(.*)<\/code>/.exec(response.body) ?? []
  return { error, code }
}

/** Code and HTTP status of an answer, to compare both at once; `ok` when it is a session. */
export function outcome (response: LightMyRequestResponse): [code: string, status: number] {
  const { status, code } = failureOf(response)
  return [status === 'ok' ? 'ok' : String(code), response.statusCode]
}

/** A host app without sessions or log, in which everybody is Ann: quick to make where many are needed. */
export async function lightHost (
  t: Test, metabase: Pick<MetabaseStandIn, 'url'>, options: Partial<MetabaseSsoOptions<AppUser>> = {}
): Promise<FastifyInstance> {
  const app = Fastify()
  t.teardown(() => app.close())
  const defaults = { secret: SECRET, instanceUrl: metabase.url, getUser: () => ANN, timeout: TIMEOUT }
  app.register(metabaseSso, { ...defaults, ...options })
  await app.ready()
  return app
}
