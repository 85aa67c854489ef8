// Spans of sign-ins, printed to the console: put your exporter in its place.
import { trace } from '@opentelemetry/api'
import { BasicTracerProvider, ConsoleSpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import './tracing.js'

const { HOST = 'localhost', PORT = '3000' } = process.env

trace.setGlobalTracerProvider(new BasicTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new ConsoleSpanExporter())]
}))

const app = Fastify({ logger: true })
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: () => ({ email: 'ann.lee@example.com' }) // stands for your sessions: see the other examples
})
await app.listen({ host: HOST, port: Number(PORT) })
