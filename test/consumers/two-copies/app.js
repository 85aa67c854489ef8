// An app that has the plugin, and a dependency that brings a copy of its own.
import Fastify from 'fastify'
import metabaseSso, { MetabaseSsoError } from 'fastify-metabase-sso'
import assert from 'node:assert/strict'
import { cp } from 'node:fs/promises'

const installed = new URL('../node_modules/fastify-metabase-sso', import.meta.url)
await cp(installed, new URL('./node_modules/fastify-metabase-sso', import.meta.url), { recursive: true })
const copy = await import('./node_modules/fastify-metabase-sso/dist/index.js')
assert.notEqual(copy.default, metabaseSso)

const user = { email: 'ann@example.com' }
const options = {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: process.env.METABASE_INSTANCE_URL,
  getUser: () => user
}
const app = Fastify()
await app.register(metabaseSso, options)
await app.register(copy.default, { ...options, namespace: 'other', path: '/other' })

for (const path of ['/sso/metabase', '/other']) {
  assert.match((await app.inject(`${path}?response=json`)).json().jwt, /^eyJ/)
  assert.equal((await app.inject(path)).json().status, 'ok')
}
// Each copy has its own class of errors, but the codes are the same.
const error = await app.metabaseSso.other.exchange({}).catch(error => error)
assert.ok(!(error instanceof MetabaseSsoError) && error instanceof copy.MetabaseSsoError)
assert.equal(error.code, 'METABASE_SSO_CLAIMS_INVALID')

// The same name twice is refused, whichever copy has it.
const twice = Fastify()
twice.register(metabaseSso, options)
twice.register(copy.default, { ...options, path: '/other' })
await assert.rejects(async () => await twice.ready(), { code: 'METABASE_SSO_NAMESPACE_TAKEN' })
await app.close()
