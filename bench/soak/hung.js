import { setTimeout } from 'node:timers/promises'
import { logIn } from '../log-in.js'
import { OTHERS, SERVER, withChildren } from '../processes/child.js'

const PEOPLE = 1000
const TIMEOUT = 5000

/** A thousand people sign in at once while Metabase hangs: what becomes of them, of another route, and of memory. */
export async function hung (quick) {
  const timeout = quick ? 500 : TIMEOUT
  return await withChildren(async start => {
    const [server, metabase] = [start('server.js', SERVER), start('upstream.js', OTHERS)]
    const [people, visitors] = [start('load.js', OTHERS), start('load.js', OTHERS)]
    const origin = await server.ask(
      'start',
      { contender: 'plugin', instanceUrl: await metabase.ask('start', { delay: 0 }), pluginOptions: { timeout } }
    )
    const cookies = await logIn(origin, PEOPLE)
    const signIn = async amount =>
      await people.ask('run', { url: `${origin}/sso/metabase`, cookies: cookies.slice(0, amount), amount })
    const other = async seconds =>
      await visitors.ask('run', { url: `${origin}/other`, cookies: cookies.slice(0, 5), seconds })

    const seconds = timeout / 1000 + 1
    // To warm up: Node keeps what a thousand connections once took.
    await other(seconds)
    await signIn(PEOPLE)
    const before = await server.ask('memory')
    await other(1)
    const idle = await other(seconds)

    await metabase.ask('hang', true)
    const [signedIn, during] = await Promise.all([signIn(PEOPLE), other(seconds)])
    await metabase.ask('hang', false)
    const recovery = await untilWell(signIn)
    const after = await server.ask('memory')

    const answered = Object.values(signedIn.statuses).reduce((sum, count) => sum + count, 0)
    return {
      heading: `${PEOPLE} people sign in at once, Metabase hangs; \`timeout\` is ${timeout} ms`,
      columns: ['', 'before', 'during', 'after'],
      rows: [
        [
          'answers',
          '',
          Object.entries(signedIn.statuses).map(([status, count]) => `${count} × ${status}`).join(', '),
          `200 after ${recovery} ms`
        ],
        ['slowest answer, ms', '', signedIn.slowest, ''],
        ['p99 of another route, ms', idle.p99, during.p99, ''],
        ['RSS MiB', before.rss.toFixed(0), '', after.rss.toFixed(0)],
        ['heap MiB', before.heap.toFixed(0), '', after.heap.toFixed(0)],
        ['handles', before.handles, '', after.handles]
      ],
      checks: [
        ['all answered', `${answered} of ${PEOPLE}`, answered === PEOPLE],
        [`within ${timeout + 1000} ms`, `${signedIn.slowest} ms`, signedIn.slowest <= timeout + 1000],
        [
          'p99 of another route at most 2 × idle',
          `${(during.p99 / Math.max(1, idle.p99)).toFixed(2)} ×`,
          during.p99 <= Math.max(1, idle.p99) * 2
        ],
        ['memory within 20 % of what it was', `${(after.rss / before.rss).toFixed(2)} ×`, after.rss <= before.rss * 1.2]
      ]
    }
  })
}

/** @returns milliseconds until people can sign in again */
async function untilWell (signIn) {
  const began = performance.now()
  while ((await signIn(1)).failures > 0) await setTimeout(50)
  return Math.round(performance.now() - began)
}
