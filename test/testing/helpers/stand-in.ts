import type { Test } from 'tap'
import { startMetabase, type MetabaseStandIn, type MetabaseStandInOptions } from '../../../testing/index.js'
import { annsJwt, clock, secret } from './sign.js'

/** A stand-in with a clock that stands still; it ends with the test. */
export async function start (t: Test, options: Partial<MetabaseStandInOptions> = {}): Promise<MetabaseStandIn> {
  const metabase = await startMetabase({ secret, now: () => clock * 1000, ...options })
  t.teardown(() => metabase.close())
  return metabase
}

export const sdk = { 'x-metabase-client': 'embedding-sdk-react' }
export const embedJs = { 'x-metabase-client': 'embedding-simple' }

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** The body, if it is JSON. */
  json: Record<string, unknown>
}

/** What a page shows as its message, if it is the one of a refused POST; else null. */
export function logInError ({ status, headers, text }: Answer): [status: number, message: string] | null {
  if (headers.get('content-type') !== 'text/html' || !text.includes(
    "It looks like we weren't able to log you in."
  )) return null
  return [status, /<tt>(.*)<\/tt>/.exec(text)?.[1] ?? '']
}

/** Asks without following redirects. */
export async function ask ({ url }: MetabaseStandIn, path: string, options: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url + path, { redirect: 'manual', ...options })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true
  return {
    status: response.status, headers: response.headers, text, json: isJson && text !== '' ? JSON.parse(text) : {}
  }
}

export async function postJson (
  metabase: MetabaseStandIn, path: string, body: unknown, headers: Record<string, string> = {}
): Promise<Answer> {
  return ask(
    metabase,
    path,
    { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
  )
}

/** Trades a JWT as the SDK of v58 and later does. */
export async function trade (metabase: MetabaseStandIn, jwt: string): Promise<Answer> {
  return ask(metabase, `/auth/sso?jwt=${jwt}`, { headers: sdk })
}

/** Logs Ann in and returns the headers that show her session. */
export async function annsSession (metabase: MetabaseStandIn): Promise<{ 'x-metabase-session': string }> {
  const { json } = await trade(metabase, annsJwt())
  return { 'x-metabase-session': String(json.id) }
}
