import swagger from '@fastify/swagger'
import t from 'tap'
import { EMBEDDING_SECRET } from '../helpers/guest.js'
import { startHost } from '../helpers/host.js'

interface Documented {
  get: {
    summary: string
    parameters: Array<{ name: string, in: string, required?: boolean, schema: object }>
    responses: Record<string, { description: string, content?: Record<string, { schema: { properties?: object } }> }>
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
  t.match(
    parameters.map(({ name, in: place, required = false }) => [name, place, required]),
    [['response', 'query', false], ['return_to', 'query', false]]
  )
  t.same(Object.keys(responses), ['200', '302', '400', '401', '403', '500', '502', '503', '504'])
  for (const [status, { description }] of Object.entries(responses)) t.not(description, 'Default Response', status)
  t.same(
    Object.keys(responses['200']?.content?.['application/json']?.schema.properties ?? {}),
    ['jwt', 'id', 'exp', 'iat', 'status']
  )
  t.match(
    Object.keys(responses['401']?.content?.['application/json']?.schema.properties ?? {}),
    ['status', 'message', 'error', 'code']
  )
})

t.test('it shows no other route on our behalf', async t => {
  const { app } = await startHost(t, { before: async app => { await app.register(swagger, { openapi: {} }) } })
  await app.ready()
  t.same(Object.keys(app.swagger().paths ?? {}).toSorted(), ['/login', '/sso/metabase'])
})

t.test('the routes are shown by a transform that reads no JSON schema (zod)', async t => {
  const { app } = await startHost(t, {
    before: async app => {
      await app.register(swagger, {
        openapi: {},
        transform ({ schema, url, route }) {
          if (route.schema !== undefined) throw new TypeError(`transform: ${url} has no zod schema`)
          return { schema, url }
        }
      })
    },
    options: { logout: true, guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } }
  })
  await app.ready()
  t.match(
    Object.keys(app.swagger().paths ?? {}).toSorted(),
    ['/login', '/sso/metabase', '/sso/metabase/guest', '/sso/metabase/logout']
  )
})

t.test('the routes use no keyword that OpenAPI 3.0 or Swagger 2.0 lacks', async t => {
  const options = { logout: true, guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } }
  for (const version of [{ openapi: { openapi: '3.0.3' } }, { swagger: {} }]) {
    const { app } = await startHost(t, { before: async app => { await app.register(swagger, version) }, options })
    await app.ready()
    const document = JSON.stringify(app.swagger())
    t.match(document, '/sso/metabase/guest')
    for (const lacking of ['"oneOf"', '"const"', '"null"', '"type":[']) t.notMatch(document, lacking)
  }
})

interface Schema {
  type?: string
  enum?: string[]
  description?: string
  required?: string[]
  properties?: Record<string, Schema>
}

/** A schema in short: its type and values, of an object those of its properties. A ! stands for "required". */
function inShort ({ type, enum: values = [], properties, required = [] }: Schema): unknown {
  if (properties === undefined || type !== 'object') return [type, ...values].join(' ')
  return Object.fromEntries(Object.entries(properties).map(([name, property]) =>
    [required.includes(name) ? `${name}!` : name, inShort(property)]))
}

t.test('the document says what each route is asked and answers', async t => {
  const { app } = await startHost(t, {
    before: async app => { await app.register(swagger, { openapi: {} }) },
    options: { logout: true, guest: { secret: EMBEDDING_SECRET, authorize: () => ({}) } }
  })
  await app.ready()
  const paths = JSON.parse(JSON.stringify(app.swagger().paths))
  const schemaOf = ({ content }: { content: { 'application/json': { schema: Schema } } }) =>
    content['application/json'].schema
  const routes = {
    sso: paths['/sso/metabase'].get,
    guest: paths['/sso/metabase/guest'].post,
    logout: paths['/sso/metabase/logout'].post
  }
  const failure = {
    'status!': 'string error',
    'message!': 'string not authenticated authentication failed',
    'error!': 'string',
    'code!': 'string'
  }
  const answers = {
    sso: { jwt: 'string', id: 'string', exp: 'integer', iat: 'integer', status: 'string ok' },
    guest: { 'jwt!': 'string' },
    logout: { 'ended!': 'integer', 'remaining!': 'integer', 'logoutUrl!': 'string' }
  }
  const statuses = {
    sso: ['200', '302', '400', '401', '403', '500', '502', '503', '504'],
    guest: ['200', '400', '401', '403', '413', '415', '500'],
    logout: ['200', '403', '413', '500']
  }

  for (const name of ['sso', 'guest', 'logout'] as const) {
    const { tags, summary, responses } = routes[name]
    t.strictSame(tags, ['metabase'])
    t.match(summary, /Metabase/)
    t.strictSame(Object.keys(responses), statuses[name])
    t.strictSame(inShort(schemaOf(responses[200])), answers[name])
    for (const status of statuses[name].filter(status => Number(status) >= 400)) {
      t.strictSame(inShort(schemaOf(responses[status])), failure, status)
    }
    const described = Object.values(schemaOf(responses[200]).properties ?? {}).filter(property => !property.enum)
    t.not(responses[200].description, 'Default Response')
    for (const { description } of described) t.ok(description)
  }
  t.strictSame(
    routes.sso.parameters.map(({ name, schema }: { name: string, schema: Schema }) => [name, inShort(schema)]),
    [['response', 'string json'], ['return_to', 'string']]
  )
  t.notOk(routes.sso.responses[302].content, 'a redirect has no body')
  const body = schemaOf(routes.guest.requestBody)
  t.strictSame(inShort(body), { 'entityType!': 'string dashboard question', 'entityId!': '', customContext: '' })
  for (const name of ['entityId', 'customContext']) t.ok(body.properties?.[name]?.description)
})
