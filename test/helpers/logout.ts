import type { SessionStore } from '@fastify/session'
import type { FastifyInstance, LightMyRequestResponse } from 'fastify'
import { cookiesOf, type Cookies } from './host.js'

/** A store as those outside the process are: it holds text, and takes a while. */
export class TextStore implements SessionStore {
  readonly records = new Map<string, string>()

  get (id: string, callback: Parameters<SessionStore['get']>[1]): void {
    setImmediate(() => callback(null, JSON.parse(this.records.get(id) ?? 'null')))
  }

  set (id: string, record: object, callback: Parameters<SessionStore['set']>[2]): void {
    const text = JSON.stringify(record)
    setImmediate(() => { this.records.set(id, text); callback() })
  }

  destroy (id: string, callback: Parameters<SessionStore['destroy']>[1]): void {
    setImmediate(() => { this.records.delete(id); callback() })
  }
}

/** Signs out as a front end does. */
export async function logOut (
  app: FastifyInstance, cookies: Cookies, headers: Record<string, string> = {}
): Promise<LightMyRequestResponse> {
  return await app.inject({ method: 'POST', url: '/sso/metabase/logout', cookies, headers })
}

/** A route of the host that gives the user another session id. */
export function addStepUp (app: FastifyInstance): void {
  app.post('/step-up', async request => { await request.session.regenerate(['user']); return 'more trusted' })
}

export const stepUp = async (app: FastifyInstance, cookies: Cookies): Promise<Cookies> =>
  cookiesOf(await app.inject({ method: 'POST', url: '/step-up', cookies }))
