import cors from '@fastify/cors'
import type { FastifyInstance, InjectOptions } from 'fastify'
import t from 'tap'
import { STRANGER } from '../helpers/cors.js'
import { hostPolicies } from '../helpers/host-cors.js'
import { ORIGIN, startHost } from '../helpers/host.js'
import { answerAlike } from '../helpers/twin.js'

const asked = (url: string, origin: string): InjectOptions =>
  ({
    method: 'OPTIONS',
    url,
    headers: { origin, 'access-control-request-method': 'GET', 'access-control-request-headers': 'x-any' }
  })

const requests: InjectOptions[] = [ORIGIN, STRANGER, 'https://www.example.com', 'null'].flatMap(origin => [
  { url: '/own', headers: { origin } },
  { url: '/nowhere', headers: { origin } },
  { method: 'OPTIONS', url: '/own', headers: { origin } },
  ...['/own', '/', '*', '/nowhere', '/sso', '/sso/metabasefoo', '/sso/metabase/x', '/sso/metabase/', '/login'].map(
    url => asked(url, origin)
  )
])

for (const [name, options] of [['none', undefined], ...hostPolicies] as const) {
  for (const when of options === undefined ? ['before'] as const : ['before', 'after'] as const) {
    t.test(`the plugin leaves other routes alone; @fastify/cors ${when} it: ${name}`, async t => {
      const host = async (app: FastifyInstance) => {
        if (options !== undefined) app.register(cors, options)
        app.get('/own', async () => ({ own: true }))
      }
      const withUs = await startHost(t, { [when]: host })
      const without = await startHost(t, { [when]: host, options: false })
      await answerAlike(t, withUs.app, without.app, requests)
    })
  }
}
