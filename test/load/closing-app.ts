import Fastify from 'fastify'
import metabaseSso from '../../index.js'

// A host app that closes on SIGTERM and leaves it to Node to end the process when nothing is left to do.
const { METABASE = '', SECRET, TIMEOUT } = process.env
const app = Fastify({ logger: true })
app.register(metabaseSso, {
  secret: String(SECRET),
  instanceUrl: METABASE,
  timeout: Number(TIMEOUT),
  verify: false,
  getUser: ({ headers }) => ({ email: String(headers['x-user']) })
})
process.once('SIGTERM', () => {
  app.close().catch(() => { process.exitCode = 1 })
  app.log.info('closing')
})
await app.listen({ port: 0, host: '127.0.0.1' })
