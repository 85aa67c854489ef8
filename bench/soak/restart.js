import { setTimeout } from 'node:timers/promises'
import { logIn } from '../log-in.js'
import { OTHERS, SERVER, withChildren } from '../processes/child.js'

const CONNECTIONS = 200
const RESTARTS = 10

/** Metabase closes all its connections again and again while 200 people sign in. */
export async function restart (quick) {
  const seconds = quick ? 1 : 10
  return await withChildren(async start => {
    const [server, metabase, generator] = [start('server.js', SERVER), start('upstream.js', OTHERS), start('load.js', OTHERS)]
    const origin = await server.ask('start', { contender: 'plugin', instanceUrl: await metabase.ask('start', { delay: 10 }) })
    const load = generator.ask('run', { url: `${origin}/sso/metabase`, cookies: await logIn(origin, CONNECTIONS), seconds })
    for (let count = 0; count < RESTARTS; count++) {
      await setTimeout(seconds * 1000 / (RESTARTS + 1))
      await metabase.ask('restart')
    }
    const { requests, failures } = await load
    // A restart may cut off what is under way at that moment, and each that is under way once.
    const most = RESTARTS * CONNECTIONS
    return {
      heading: `${CONNECTIONS} people sign in again and again, Metabase restarts ${RESTARTS} times`,
      columns: ['Signed in', 'Failed'],
      rows: [[requests, failures]],
      checks: [['nothing lost that was not in flight', `${failures} lost, ${most} could have been in flight`, failures <= most]]
    }
  })
}
