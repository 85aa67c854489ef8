import { randomBytes } from 'node:crypto'
import { startMetabase } from 'fastify-metabase-sso/testing'
import { people } from './people.js'
import { salesOfRegion } from './sales.js'
import { createSwitches } from './switches.js'

/** The Metabase of the demo: none of its own is needed to try the plugin out. */
export async function startStandIn ({ host, browserHost }) {
  const secret = randomBytes(32).toString('hex')
  const metabase = await startMetabase({ secret, host })
  metabase.questions.set(2, salesOfRegion)
  metabase.published.set('dashboard/1', { region: 'locked' })
  metabase.settings.groupSync = true
  for (const team of new Set(people.flatMap(({ teams }) => teams))) {
    metabase.groups.set(team, {})
    metabase.settings.groupMappings.set(team, [team])
  }
  return {
    secret,
    embeddingSecret: metabase.embeddingSecret,
    // By the host app's own name: a frame of another site would get no cookie.
    instanceUrl: `http://${browserHost}:${new URL(metabase.url).port}`,
    switches: createSwitches(metabase),
    /** Has visitors signed in by the host app, and lets its page ask questions. */
    welcome (hostUrl) {
      metabase.identityProviderUri = `${hostUrl}/sso/metabase`
      metabase.settings.corsOrigins.push(hostUrl)
    },
    close: () => metabase.close()
  }
}
