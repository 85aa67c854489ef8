import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { GuestItem, GuestParams } from '../../index.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { startHost, type AppUser, type Cookies, type Host } from './host.js'

export const EMBEDDING_SECRET = 'feedbeeffeedbeeffeedbeeffeedbeeffeedbeeffeedbeeffeedbeeffeedbeef'

type Authorize = (user: AppUser, item: GuestItem) => GuestParams | false | null

/** A host app with guest embeds. Unless told otherwise, everybody who is signed in may see everything. */
export async function guestHost (t: Test, authorize: Authorize = () => ({})): Promise<Host> {
  return await startHost(t, {
    metabase: { embeddingSecret: EMBEDDING_SECRET },
    options: { guest: { secret: EMBEDDING_SECRET, authorize } }
  })
}

/** Asks for a token with the very request that embed.js makes. */
export async function askAsEmbedJs (
  app: FastifyInstance, body: unknown, cookies: Cookies = {}
): Promise<LightMyRequestResponse> {
  return await app.inject({
    method: 'POST',
    url: '/sso/metabase/guest?response=json',
    cookies,
    headers: { 'content-type': 'application/json' },
    payload: JSON.stringify(body)
  })
}

/** What Metabase shows to the bearer of a guest token, or the sentence by which it refuses. */
export async function shows (metabase: MetabaseStandIn, type: 'dashboard' | 'question', jwt: string): Promise<unknown> {
  const response = await fetch(`${metabase.url}/api/embed/${type === 'question' ? 'card' : type}/${jwt}`)
  return response.ok ? await response.json() : await response.text()
}
