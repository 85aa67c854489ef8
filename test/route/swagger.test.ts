import swagger from '@fastify/swagger'
import t from 'tap'
import { startHost } from '../helpers/host.js'

interface Documented {
  get: {
    summary: string
    parameters: Array<{ name: string, in: string, required?: boolean, schema: object }>
    responses: Record<string, { description: string, content?: Record<string, { schema: { oneOf?: object[], properties?: object } }> }>
  }
}

t.test('@fastify/swagger shows the route, its query and each of its answers', async t => {
  const { app } = await startHost(t, { before: async app => { await app.register(swagger, { openapi: {} }) } })
  await app.ready()
  const paths = app.swagger().paths as unknown as Record<string, Documented>

  const documented = paths['/sso/metabase']
  if (documented === undefined) throw new Error('the route is not shown')
  t.same(Object.keys(documented), ['get'], 'neither OPTIONS nor HEAD')
  const { summary, parameters, responses } = documented.get
  t.ok(summary)
  t.match(parameters.map(({ name, in: place, required = false }) => [name, place, required]), [['response', 'query', false], ['return_to', 'query', false]])
  t.same(Object.keys(responses), ['200', '302', '400', '401', '403', '500', '502', '503', '504'])
  for (const [status, { description }] of Object.entries(responses)) t.not(description, 'Default Response', status)
  t.equal(responses['200']?.content?.['application/json']?.schema.oneOf?.length, 2, 'a JWT or a session')
  t.match(Object.keys(responses['401']?.content?.['application/json']?.schema.properties ?? {}), ['status', 'message', 'error', 'code'])
})

t.test('it shows no other route on our behalf', async t => {
  const { app } = await startHost(t, { before: async app => { await app.register(swagger, { openapi: {} }) } })
  await app.ready()
  t.same(Object.keys(app.swagger().paths ?? {}).toSorted(), ['/login', '/sso/metabase'])
})
