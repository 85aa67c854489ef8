import { randomUUID } from 'node:crypto'
import type { Test } from 'tap'
import { besideSessions, storeRecord } from '../../lib/host/store.js'
import { outcome } from '../helpers/exchange.js'
import { startHost, type Cookies } from '../helpers/host.js'
import { logOut, TextStore } from '../helpers/logout.js'
import { ownMetabase, signedIn, text, type Reply } from '../helpers/own-metabase.js'
import { holdTimers, stopClock } from '../helpers/standing-clock.js'
import { until } from '../helpers/until.js'

const TIMEOUT = 7000

/** What a front end learns of a logout. */
export interface Report {
  ended: number
  remaining: number
}

/** A host app at a Metabase that signs in at once, and ends sessions when the test says so. Clocks stand still. */
export async function logoutHost (t: Test) {
  const clock = stopClock(t, performance)
  const timers = holdTimers(t, TIMEOUT)
  const held = new Set<() => void>()
  let most = 0
  const other: Reply = (response, request) => {
    const end = () => text(204, '')(response, request)
    held.add(end)
    most = Math.max(most, held.size)
    response.on('close', () => held.delete(end)) // as when the plugin waits no longer
  }
  const { url: instanceUrl } = await ownMetabase(t, { to_session: signedIn, other })
  const store = new TextStore()
  const host = await startHost(t, { session: { store }, options: { logout: true, instanceUrl, timeout: TIMEOUT } })
  const { app, logs, logIn } = host
  app.get('/other', async () => 'fine')
  let users = 0

  return {
    ...host,
    /** Requests to end a session that wait at Metabase now, and the most that ever did. */
    deletions: () => held.size,
    mostDeletions: () => most,
    /** A user with so many Metabase sessions; what is returned signs out. */
    async userWith (sessions: number): Promise<() => Promise<Report>> {
      const cookies: Cookies = await logIn({ email: `leaver-${++users}@example.com` })
      const [id = ''] = decodeURIComponent(String(cookies.sessionId)).split('.')
      const issued = Array.from({ length: sessions }, () => ({ id: randomUUID(), at: Date.now() }))
      await storeRecord({ id, store: besideSessions(store) }, [instanceUrl], 5000).write({ issued }, 1_000_000)
      return async () => (await logOut(app, cookies)).json()
    },
    /** Another user signs in. */
    async signIn (): Promise<string> {
      const cookies = await logIn({ email: `other-${++users}@example.com` })
      return outcome(await app.inject({ url: '/sso/metabase', cookies }))[0]
    },
    /** Waits for so many requests to end a session, and answers them after 200 ms. */
    async answer (count: number): Promise<void> {
      await until(() => held.size >= count)
      clock.pass(200)
      for (const end of [...held].slice(0, count)) {
        held.delete(end)
        end()
      }
    },
    /** Ends the time of each logout that is under way. */
    timeOut: () => timers.run(TIMEOUT),
    underWay: () => timers.waiting(TIMEOUT),
    pass: clock.pass,
    downs: () => logs.filter(({ msg }) => msg.startsWith('Metabase is down')).length
  }
}
