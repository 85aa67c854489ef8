import { readFileSync } from 'node:fs'
import t from 'tap'
import { lightHost, VERSIONS } from '../helpers/exchange.js'
import { ANN, standIn } from '../helpers/host.js'

const { version: ours } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }

for (const version of VERSIONS) {
  t.test(`${version}: each request names the plugin and the version in package.json`, async t => {
    const metabase = await standIn(t, { version })
    const { metabaseSso } = await lightHost(t, metabase)
    await metabaseSso.revoke((await metabaseSso.exchange(ANN)).id)

    t.ok(metabase.requests.length >= 2)
    for (const { headers, path } of metabase.requests) {
      t.equal(headers['user-agent'], `fastify-metabase-sso/${ours}`, path)
    }
  })
}
