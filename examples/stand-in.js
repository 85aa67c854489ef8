// A Metabase for those who have none at hand, at each address in example.env. Ctrl-C ends it.
import { startMetabase } from 'fastify-metabase-sso/testing'

if (!process.env.METABASE_INSTANCE_URL) {
  throw new Error(
    'Start it by: node --env-file=examples/example.env examples/stand-in.js'
  )
}
const { HOST_APP = 'http://localhost:3000', FRONT_END = 'http://localhost:9090' } = process.env

for (const [prefix, path] of [['', '/sso/metabase'], ['EU_', '/sso/eu'], ['US_', '/sso/us']]) {
  const { hostname: host, port } = new URL(process.env[`${prefix}METABASE_INSTANCE_URL`])
  const metabase = await startMetabase({
    secret: process.env[`${prefix}METABASE_JWT_SHARED_SECRET`],
    embeddingSecret: process.env[`${prefix}METABASE_EMBEDDING_SECRET_KEY`],
    host,
    port: Number(port),
    identityProviderUri: HOST_APP + path
  })
  metabase.settings.corsOrigins.push(FRONT_END)
  metabase.published.set('dashboard/1', { region: 'locked' })
  // Synchronize group memberships, as an admin would switch it on.
  metabase.settings.groupSync = true
  for (const group of ['Sales', 'Support', 'Editors']) metabase.groups.set(group, {})
  console.log(`A stand-in Metabase is at ${metabase.url}`)
}
