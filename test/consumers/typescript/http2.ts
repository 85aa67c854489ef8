// An app over HTTP/2, whose requests are of a type of their own, is asked for each answer of the plugin.
import Fastify, { type FastifyRequest, type RouteGenericInterface } from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Http2Server } from 'node:http2'
import { text } from 'node:stream/consumers'

const { METABASE_INSTANCE_URL = '' } = process.env
const ann = { email: 'ann@example.com' }

const app = Fastify({ http2: true })
const userOf = (request: FastifyRequest<RouteGenericInterface, Http2Server>) => request.raw.authority === '' ? null : ann
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: METABASE_INSTANCE_URL,
  getUser: userOf
})
app.get('/exchange', async request => {
  const { id } = await app.metabaseSso.exchange(ann, request)
  await app.metabaseSso.revoke(id)
  return { jwt: await app.metabaseSso.sign(ann, request) }
})

const url = await app.listen({ port: 0 })
const client = connect(url)
async function ask (path: string): Promise<Record<string, unknown>> {
  const stream = client.request({ ':path': path })
  const [{ ':status': status }] = await once(stream, 'response') as [Record<string, unknown>]
  assert.equal(status, 200)
  return JSON.parse(await text(stream))
}
assert.match(String((await ask('/sso/metabase?response=json')).jwt), /^eyJ/)
assert.equal((await ask('/sso/metabase')).status, 'ok')
assert.match(String((await ask('/exchange')).jwt), /^eyJ/)
client.close()
await app.close()
