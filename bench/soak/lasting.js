import { logIn } from '../log-in.js'
import { OTHERS, SERVER, withChildren } from '../processes/child.js'

const runs = [
  {
    path: '/sso/metabase?response=json', what: '`{jwt}`', contenders: ['plugin', 'session-floor'], requests: 1_000_000
  },
  { path: '/sso/metabase', what: 'exchange', contenders: ['plugin', 'relay-floor'], requests: 200_000 }
]

/** At so many points is memory looked at. */
const STEPS = 5
const CONNECTIONS = 50
const MOST_OVER_FLOOR = 1.2

/** Whether memory stays as it is, next to the floor's. */
export async function lasting (quick) {
  const [rows, checks] = [[], []]
  for (const { path, what, contenders, requests } of runs) {
    const amount = quick ? 1000 : requests
    const rss = {}
    let lost = 0
    for (const contender of contenders) {
      const states = await withChildren(async start => {
        const [server, generator, metabase] = [
          start('server.js', SERVER), start('load.js', OTHERS), start('upstream.js', OTHERS)
        ]
        const origin = await server.ask('start', { contender, instanceUrl: await metabase.ask('start', { delay: 0 }) })
        const cookies = await logIn(origin, CONNECTIONS)
        const states = []
        for (let step = 0; step < STEPS; step++) {
          const { requests, failures } = await generator.ask(
            'run', { url: origin + path, cookies, amount: amount / STEPS }
          )
          lost += failures + amount / STEPS - requests
          states.push(await server.ask('memory'))
        }
        return states
      })
      rss[contender] = states.at(-1).rss
      const each = figure => states.map(state => state[figure].toFixed(0)).join(', ')
      rows.push([what, contender, amount, each('rss'), each('heap'), each('handles')])
    }
    const [plugin, floor] = contenders.map(contender => rss[contender])
    checks.push(
      [
        `${what}: resident memory at most ${MOST_OVER_FLOOR} × ${contenders[1]}`,
        `${(plugin / floor).toFixed(2)} ×`,
        plugin <= floor * MOST_OVER_FLOOR
      ],
      [`${what}: no request lost`, `${lost} lost`, lost === 0]
    )
  }
  return {
    heading: `Memory, looked at ${STEPS} times on the way, each time after a forced collection`,
    columns: ['Answer', 'Contender', 'Requests', 'RSS MiB', 'Heap MiB', 'Handles'],
    rows,
    checks
  }
}
