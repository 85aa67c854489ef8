import cors from '@fastify/cors'
import t from 'tap'
import { ourPolicyHolds } from '../helpers/cors.js'
import { hostPolicies } from '../helpers/host-cors.js'
import { startHost } from '../helpers/host.js'

for (const [name, options] of hostPolicies) {
  t.test(`our policy holds on our route in an app that registers @fastify/cors after us: ${name}`, async t => {
    await ourPolicyHolds(t, await startHost(t, { after: app => { app.register(cors, options) } }))
  })
}
