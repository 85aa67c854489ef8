import { setTimeout } from 'node:timers/promises'
import { logIn } from '../log-in.js'
import { OTHERS, SERVER, withChildren } from '../processes/child.js'

const CONNECTIONS = 200
const RESTARTS = 10

/** Metabase closes all its connections again and again while 200 people sign in. */
export async function restart (quick) {
  const seconds = quick ? 1 : 10
  return await withChildren(async start => {
    const [server, metabase, generator] = [
      start('server.js', SERVER), start('upstream.js', OTHERS), start('load.js', OTHERS)
    ]
    const origin = await server.ask(
      'start', { contender: 'plugin', instanceUrl: await metabase.ask('start', { delay: 10 }) }
    )
    const load = generator.ask(
      'run', { url: `${origin}/sso/metabase`, cookies: await logIn(origin, CONNECTIONS), seconds }
    )
    for (let count = 0; count < RESTARTS; count++) {
      await setTimeout(seconds * 1000 / (RESTARTS + 1))
      await metabase.ask('restart')
    }
    const { requests, failures } = await load
    // Most of what a restart cuts off is tried again. The rest was in flight: no more than the plugin has connections.
    const most = RESTARTS * 64
    return {
      heading: `${CONNECTIONS} people sign in again and again, Metabase restarts ${RESTARTS} times`,
      columns: ['Signed in', 'Failed'],
      rows: [[requests, failures]],
      checks: [
        ['nothing lost that was not in flight', `${failures} lost, ${most} could have been in flight`, failures <= most]
      ]
    }
  })
}
