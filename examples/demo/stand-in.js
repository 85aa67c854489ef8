import { randomBytes } from 'node:crypto'
import { startMetabase } from 'fastify-metabase-sso/testing'
import { createSwitches } from './switches.js'

/** The Metabase of the demo: none of its own is needed to try the plugin out. */
export async function startStandIn ({ host, browserHost }) {
  const secret = randomBytes(32).toString('hex')
  const metabase = await startMetabase({ secret, host })
  return {
    secret,
    // By the host app's own name: a frame of another site would get no cookie.
    instanceUrl: `http://${browserHost}:${new URL(metabase.url).port}`,
    switches: createSwitches(metabase),
    sendVisitorsTo (uri) { metabase.identityProviderUri = uri },
    close: () => metabase.close()
  }
}
