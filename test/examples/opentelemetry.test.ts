import t from 'tap'
import { needs, SECRET_MISSING, sessionEnv, startExample } from '../helpers/example.js'
import { standIn } from '../helpers/host.js'
import { until } from '../helpers/until.js'

const EXAMPLE = 'opentelemetry'
const metabase = await standIn(t)
const env = sessionEnv(metabase)

interface Span {
  name: string
  traceId: string
  id: string
  parent?: string
  attributes: Record<string, unknown>
  code: number
}

/** Reads the spans that were printed, as far as these tests look at them. */
const spansIn = (output: string): Span[] => [...output.matchAll(/^\{\n {2}resource:[^]*?^\}$/gm)].map(([text]) => {
  const read = (pattern: RegExp) => pattern.exec(text)?.[1]
  const attributes = [...(read(/^ {2}attributes: \{([^}]*)\}/m) ?? '').matchAll(/'([\w.]+)': '?([^',\n]*)/g)]
  return {
    name: String(read(/^ {2}name: '([^']*)'/m)),
    traceId: String(read(/^ {2}traceId: '(\w+)'/m)),
    id: String(read(/^ {2}id: '(\w+)'/m)),
    parent: read(/^ {2}parentSpanContext: \{[^]*?spanId: '(\w+)'/m),
    attributes: Object.fromEntries(attributes.map(([, name, value]) => [name, value])),
    code: Number(read(/^ {2}status: \{ code: (\d)/m))
  }
})

t.test('a sign-in is a span, and its exchange one below it', async t => {
  const app = startExample(t, EXAMPLE, env)
  const url = await app.url
  t.equal((await fetch(`${url}/sso/metabase`)).status, 200)
  await until(() => spansIn(app.output()).length === 2)
  const [exchange, signIn] = spansIn(app.output())
  t.match(exchange, { name: 'fastify-metabase-sso:exchange', traceId: signIn?.traceId, parent: signIn?.id, code: 0 })
  t.match(exchange?.attributes, { 'server.address': '127.0.0.1', 'metabase.method': 'to_session' })
  t.match(signIn, { name: 'fastify-metabase-sso:sign-in', parent: undefined, code: 0 })
  t.match(signIn?.attributes, { 'metabase.answer': 'session', 'metabase.reused': 'false' })
})

t.test('a failure of Metabase is an error of both spans, with its code', async t => {
  t.teardown(() => metabase.fail(null))
  const app = startExample(t, EXAMPLE, env)
  const url = await app.url
  metabase.fail('gateway-503')
  t.equal((await fetch(`${url}/sso/metabase`)).status, 502)
  await until(() => spansIn(app.output()).length === 2)
  for (const span of spansIn(app.output())) {
    t.match(span, { code: 2, attributes: { 'error.type': 'METABASE_SSO_GATEWAY_FAILED' } })
  }
})

t.test('it says when the secret is missing', async t => {
  await needs(t, EXAMPLE, env, 'METABASE_JWT_SHARED_SECRET', SECRET_MISSING)
})
