// Counters and histograms of sign-ins, at /metrics for Prometheus.
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { register } from 'prom-client'
import './metrics.js'

const { HOST = 'localhost', PORT = '3000' } = process.env

const app = Fastify({ logger: true })
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: () => ({ email: 'ann.lee@example.com' }) // stands for your sessions: see the other examples
})

// Serve it to your monitoring only: on a port of its own, or behind a firewall.
app.get('/metrics', async (_request, reply) => {
  reply.type(register.contentType)
  return await register.metrics()
})

await app.listen({ host: HOST, port: Number(PORT) })
