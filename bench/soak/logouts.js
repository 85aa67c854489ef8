import { logIn } from '../log-in.js'
import { OTHERS, SERVER, withChildren } from '../processes/child.js'

const LOGOUTS = 100
/** All that the plugin remembers of one user session. */
const SESSIONS = 200
const DELETION_MS = 200
const TIMEOUT = 5000

/** A hundred people sign out of all their sessions at once, at a Metabase that takes its time, while others sign in. */
export async function logouts (quick) {
  const [leavers, sessions] = quick ? [10, 20] : [LOGOUTS, SESSIONS]
  return await withChildren(async start => {
    const [server, metabase] = [start('server.js', SERVER), start('upstream.js', OTHERS)]
    const [leaving, arriving, visitors] = [start('load.js', OTHERS), start('load.js', OTHERS), start('load.js', OTHERS)]
    const instanceUrl = await metabase.ask('start', { delay: 0, deletionDelay: DELETION_MS })
    const pluginOptions = { timeout: TIMEOUT, logout: true }
    const origin = await server.ask('start', { contender: 'plugin', instanceUrl, pluginOptions })
    const url = `${origin}/sso/metabase`
    const cookies = await logIn(origin, leavers)
    const others = await logIn(origin, 20)
    await leaving.ask('run', { url, cookies, amount: leavers * sessions })

    const seconds = TIMEOUT / 1000 - 1
    const other = async () =>
      await visitors.ask('run', { url: `${origin}/other`, cookies: others.slice(0, 5), seconds })
    const signIn = async () => await arriving.ask('run', { url, cookies: others, seconds, perSecond: 50 })
    await Promise.all([other(), signIn()]) // to warm up
    const idle = await other()
    const [signedOut, signedIn, during] = await Promise.all([
      leaving.ask('run', { url: `${url}/logout`, method: 'POST', cookies, amount: leavers }), signIn(), other()
    ])
    const ended = await metabase.ask('deletions')

    const ratio = during.p99 / Math.max(1, idle.p99)
    return {
      heading: `${leavers} people sign out of ${sessions} sessions each, Metabase takes ${DELETION_MS} ms for one`,
      columns: ['', 'idle', 'during'],
      rows: [
        ['logouts', '', signedOut.requests],
        ['Metabase sessions ended', '', ended],
        ['slowest logout, ms', '', signedOut.slowest],
        ['others signed in', '', signedIn.requests],
        ['p99 of signing in, ms', '', signedIn.p99],
        ['p99 of another route, ms', idle.p99, during.p99]
      ],
      checks: [
        ['all logouts answered', `${signedOut.requests} of ${leavers}`, signedOut.requests === leavers],
        ['all others signed in', `${signedIn.failures} failed`, signedIn.failures === 0],
        ['p99 of another route at most 2 × idle', `${ratio.toFixed(2)} ×`, ratio <= 2]
      ]
    }
  })
}
