import t from 'tap'
import { atComputers, VERSIONS, outcome } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'

const NEW = SECRET.replaceAll('f', 'e')
const REQUESTS = 100

/** Ways to tell the plugin of the change. */
const ways = {
  'a function that asks a vault': (current: () => string) => ({
    secret: async () => {
      const secret = current()
      await new Promise(setImmediate)
      return secret
    }
  }),
  'an array with both keys': () => ({ secret: [NEW, SECRET] })
}

for (const [name, options] of Object.entries(ways)) {
  for (const version of VERSIONS) {
    t.test(`${version}, ${name}: a change of the key with ${REQUESTS} requests in flight loses none`, async t => {
      let current = SECRET
      const host = await startHost(
        t, { metabase: { version }, options: { timeout: 60_000, ...options(() => current) } }
      )
      const { metabase } = host
      t.strictSame((await atComputers(host, 1)).map(outcome), [['ok', 200]])

      // The key changes when half of them have reached Metabase.
      let arrived = 0
      const push = metabase.requests.push.bind(metabase.requests)
      metabase.requests.push = (...requests) => {
        if (++arrived === REQUESTS / 2) current = metabase.secret = NEW
        return push(...requests)
      }
      const outcomes = (await atComputers(host, REQUESTS)).map(outcome)
      t.strictSame(outcomes.filter(([code]) => code !== 'ok'), [])
      t.equal(metabase.secret, NEW)
      t.equal(metabase.logins, REQUESTS + 1)
    })
  }
}
