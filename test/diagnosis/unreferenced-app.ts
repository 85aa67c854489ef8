import { setTimeout as later } from 'node:timers/promises'
import Fastify from 'fastify'
import metabaseSso from '../../index.js'

// A host app whose server does not keep the process alive, nor does it close the app.
const { METABASE = '', SECRET } = process.env
const app = Fastify({ logger: true })
app.register(metabaseSso, { secret: SECRET, instanceUrl: METABASE, timeout: 60_000, getUser: () => null })
await app.listen({ port: 0, host: '127.0.0.1' })
app.server.unref()
// The request is under way by then; a minute would pass until its deadline.
await later(500)
process.once('exit', () => console.log('the process ends'))
