import metabaseSso from 'fastify-metabase-sso'
import { ann, toClaims } from './people.js'

/**
 * A host app to which every request is one of Ann: what no cookie setting protects.
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options of the plugin
 */
export async function cookielessHost (app, options) {
  await app.register(metabaseSso, { ...options, getUser: () => ann, mapUserToClaims: toClaims })
}
