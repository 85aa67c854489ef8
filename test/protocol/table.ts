import type { LightMyRequestResponse } from 'fastify'
import { createServer, request as ask } from 'node:http'
import t, { type Test } from 'tap'
import type { MetabaseSsoOptions } from '../../index.js'
import type { MetabaseStandIn, MetabaseVersion } from '../../testing/index.js'
import type { MetabaseSettings } from '../../testing/settings.js'
import { lightHost, outcome } from '../helpers/exchange.js'
import { standIn, type AppUser } from '../helpers/host.js'
import { html, listen, notFound, type Reply } from '../helpers/own-metabase.js'

/** Those without `to_session`. */
export const OLD: readonly MetabaseVersion[] = ['v50', 'v55']
/** Those with it. */
export const NEW: readonly MetabaseVersion[] = ['v56', 'v58', 'v61']
export const ALL: readonly MetabaseVersion[] = [...OLD, ...NEW]

/** Whether a JWT was in a URL that Metabase received. */
export type Urls = 'clean' | 'jwt'
/** What the route answers; how many logins ran at Metabase; how many sessions are alive there afterwards. */
export type Outcome = readonly [code: string, status: number, logins: number, sessions: number, urls: Urls]
/** The clock of Metabase, in milliseconds ahead of the plugin's. */
export interface Clock { ahead: number }
/** Changes the stand-in; returns options of the plugin. */
export type SetUp = (metabase: MetabaseStandIn, clock: Clock) => Partial<MetabaseSsoOptions<AppUser>> | void
export type Row = readonly [name: string, versions: readonly MetabaseVersion[], setUp: SetUp, expected: Outcome]
/** Puts something between the plugin and the stand-in. */
export type Between = (t: Test, metabase: MetabaseStandIn) => Promise<{ url: string }>

/** Makes a set-up of settings alone. */
export const set = (changes: Partial<MetabaseSettings>): SetUp => ({ settings }) => { Object.assign(settings, changes) }
/** Makes a set-up of several. The options of the last one that returns any count. */
export const all = (...setUps: SetUp[]): SetUp => (metabase, clock) => {
  return setUps.map(setUp => setUp(metabase, clock)).findLast(options => options !== undefined)
}

const hasJwt = (url: string) => /[?&]jwt=|eyJ[\w-]+\.eyJ/.test(url)

/** Writes what one sign-in has done, to be compared with its row. */
export function seen (metabase: MetabaseStandIn, response: LightMyRequestResponse): Outcome {
  const urls = metabase.requests.some(({ url }) => hasJwt(url)) ? 'jwt' : 'clean'
  return [...outcome(response), metabase.logins, metabase.sessions.size, urls]
}

/** Makes a test of each row for each of its versions. */
export function runTable (rows: readonly Row[], between?: Between): void {
  for (const [name, versions, setUp, expected] of rows) {
    const answer = expected[0].replace('METABASE_SSO_', '')
    for (const version of versions) {
      t.test(`the route answers ${answer} (${version}, ${name})`, async t => {
        const clock: Clock = { ahead: 0 }
        const metabase = await standIn(t, { version, now: () => Date.now() + clock.ahead })
        const options = setUp(metabase, clock) ?? {}
        const app = await lightHost(t, await between?.(t, metabase) ?? metabase, options)
        t.strictSame(seen(metabase, await app.inject('/sso/metabase')), expected)
      })
    }
  }
}

/** Passes all but `to_session`. */
const hiding = (reply: Reply): Between => async (t, metabase) => {
  const server = createServer((request, response) => {
    const { method, url = '', headers } = request
    if (url.startsWith('/auth/sso/to_session')) return reply(response, request)
    const onward = ask(metabase.url + url, { method, headers }, answer => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    request.pipe(onward)
  })
  return { url: `http://127.0.0.1:${await listen(t, server)}` }
}

/** A firewall that answers `to_session` with a page. */
export const firewall = hiding(html(404))
/** A Metabase that does not know `to_session`, whatever its version. */
export const noToSession = hiding(notFound)
