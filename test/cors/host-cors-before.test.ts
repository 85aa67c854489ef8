import cors from '@fastify/cors'
import t from 'tap'
import { ourPolicyHolds } from '../helpers/cors.js'
import { hostPolicies } from '../helpers/host-cors.js'
import { startHost } from '../helpers/host.js'

for (const [name, options] of hostPolicies) {
  t.test(`the route keeps its policy with an @fastify/cors of before: ${name}`, async t => {
    await ourPolicyHolds(t, await startHost(t, { before: async app => { await app.register(cors, options) } }))
  })
}
