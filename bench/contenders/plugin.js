import metabaseSso from 'fastify-metabase-sso'
import { frontEnd, signingKey } from '../settings.js'
import { createHost, listen } from './host.js'

/** The plugin as the README's quick start sets it up. */
export async function start ({ instanceUrl, pluginOptions }) {
  const app = await createHost()
  await app.register(metabaseSso, { secret: signingKey, instanceUrl, origin: frontEnd, ...pluginOptions })
  return await listen(app)
}
