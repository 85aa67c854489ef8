// next/next.config.mjs
export default {
  serverExternalPackages: ['fastify', 'fastify-metabase-sso']
}
