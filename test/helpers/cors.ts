import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import { ORIGIN, type Host } from './host.js'

/** A front end that nobody has allowed. */
export const STRANGER = 'https://stranger.example'

/** The headers that tell a browser what a page of another origin may do. */
export function accessControl ({ headers }: LightMyRequestResponse): Record<string, unknown> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')))
}

/** The question a browser asks before a request that is not simple. */
export async function preflight (
  app: FastifyInstance, origin: string, url = '/sso/metabase'
): Promise<LightMyRequestResponse> {
  const headers = { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'authorization' }
  return await app.inject({ method: 'OPTIONS', url, headers })
}

/** Asserts that a page of ORIGIN may use the route, and that a stranger's may not. */
export async function ourPolicyHolds (
  t: Test, { app, logIn }: Pick<Host, 'app' | 'logIn'>, url = '/sso/metabase'
): Promise<void> {
  const cookies = await logIn()
  const welcome = { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }

  const asked = await preflight(app, ORIGIN, url)
  t.equal(asked.statusCode, 204, 'the preflight of an allowed origin is answered')
  t.match(
    accessControl(asked),
    { ...welcome, 'access-control-allow-methods': /\bGET\b/, 'access-control-allow-headers': 'authorization' }
  )
  t.equal(asked.headers['cache-control'], 'no-store', "also where the host's own preflights may be stored")

  for (const [who, status, response] of [
    ['a user', 200, await app.inject({ url, cookies, headers: { origin: ORIGIN } })],
    ['a visitor', 401, await app.inject({ url, headers: { origin: ORIGIN } })]
  ] as const) {
    t.equal(response.statusCode, status)
    t.same(accessControl(response), welcome, `exactly our headers for ${who}`)
    t.match(response.headers.vary, /\borigin\b/i, 'caches keep origins apart')
  }

  t.same(accessControl(await preflight(app, STRANGER, url)), {}, 'nothing for the preflight of a stranger')
  t.same(
    accessControl(await app.inject({ url, cookies, headers: { origin: STRANGER } })),
    {},
    "nothing for a stranger's request"
  )
  t.same(
    accessControl(await app.inject({ url, headers: { origin: STRANGER } })), {}, 'nothing for a stranger without a user'
  )
}
