import { inspect } from 'node:util'
import t from 'tap'
import { VERSIONS } from '../helpers/exchange.js'
import { ANN, NAVIGATION, searchForSecrets, SECRET, SESSION_SECRET, startHost, type Host } from '../helpers/host.js'
import { listen, type Published } from '../helpers/tracing.js'

/** Everything that a subscriber could read, in errors and their causes too. */
const readable = (published: Published[]): string[] =>
  published.map(({ event }) =>
    inspect(event, { depth: Infinity, showHidden: true, getters: true, breakLength: Infinity }))

/** Signs in each way. Returns the JWTs and session ids that went out. */
async function signInEachWay ({ app, metabase }: Host, cookies: Record<string, string>): Promise<string[]> {
  await app.inject({ url: '/sso/metabase', cookies })
  const { jwt } = (await app.inject({ url: '/sso/metabase?response=json', cookies })).json()
  const { headers } = await app.inject({ url: '/sso/metabase', cookies, headers: NAVIGATION })
  await app.metabaseSso.exchange(ANN).catch(() => {})
  return [jwt, String(headers.location), ...metabase.sessions.keys()]
}

for (const version of VERSIONS) {
  t.test(`${version}: the events of sign-ins hold no secret, and name no user`, async t => {
    const host = await startHost(t, { metabase: { version }, options: { cache: true, logout: true } })
    const cookies = await host.logIn()
    const published = listen(t)
    const credentials = await signInEachWay(host, cookies)
    t.ok(credentials.every(credential => credential.length >= 8) && host.metabase.sessions.size > 0)
    t.ok(published.length > 15)
    searchForSecrets(
      readable(published), [SECRET, SESSION_SECRET, ...Object.values(cookies), ...credentials, 'ann@example.com']
    )
    t.pass('none was found')
  })
}

const FAILURES = [
  'wrong-secret', 'account-needed', 'gateway-503', 'login-redirect', 'truncated-json', 'reset', 'headers-431',
  'wrong-length', 'html-200', 'unlisted'
] as const

for (const version of ['v55', 'v61'] as const) {
  t.test(`${version}: the events of sign-ins that fail hold no secret`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const cookies = await host.logIn()
    const published = listen(t)
    for (const failure of FAILURES) {
      host.metabase.fail(failure)
      const before = published.length
      const credentials = await signInEachWay(host, cookies)
      const events = published.slice(before)
      t.ok(events.some(({ name }) => name === 'error'), failure)
      const sent = host.metabase.requests.flatMap(({ url }) => /jwt=([^&]+)/.exec(url)?.[1] ?? [])
      searchForSecrets(readable(events), [SECRET, SESSION_SECRET, ...Object.values(cookies), ...credentials, ...sent])
    }
  })
}
