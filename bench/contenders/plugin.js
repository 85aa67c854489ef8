import metabaseSso from 'fastify-metabase-sso'
import { frontEnd, signingKey } from '../settings.js'
import { createHost, listen } from './host.js'

/** The plugin as the README's quick start sets it up, without the check at the start: this Metabase is none. */
export async function start ({ instanceUrl, pluginOptions }) {
  const app = await createHost()
  const options = { secret: signingKey, instanceUrl, origin: frontEnd, verify: false, ...pluginOptions }
  await app.register(metabaseSso, options)
  return await listen(app)
}
