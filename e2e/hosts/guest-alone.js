import metabaseSso from 'fastify-metabase-sso'

/**
 * A host app that signs no one in to Metabase: guest embeds for every visitor, without the secret of sign-ins, without
 * sessions and without users.
 * @param {import('fastify').FastifyInstance} app
 * @param {object} options of the plugin, of which it takes these two alone
 */
export async function guestAloneHost (app, { instanceUrl, guest }) {
  await app.register(metabaseSso, { instanceUrl, verify: false, guest: { ...guest, public: true } })
}
