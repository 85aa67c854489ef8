import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import t from 'tap'

/** Says after each step whether undici, a CommonJS package, is loaded. */
const STEPS = `
import { createRequire } from 'node:module'
import Fastify from 'fastify'
import metabaseSso from './dist/index.js'
import { startMetabase } from './dist/testing/index.js'

const { cache } = createRequire(import.meta.url)
const isLoaded = () => Object.keys(cache).some(path => path.includes('node_modules/undici/'))
const seen = [isLoaded()]
const secret = 'f'.repeat(64)
const metabase = await startMetabase({ secret })
const app = Fastify()
await app.register(metabaseSso, { secret, instanceUrl: metabase.url, getUser: () => ({ email: 'ann@example.com' }) })
for (const url of ['/sso/metabase?response=json', '/sso/metabase']) {
  const { statusCode } = await app.inject(url)
  seen.push(statusCode, isLoaded())
}
await app.close()
await metabase.close()
console.log(JSON.stringify(seen))
`

// Without tap's loaders.
const { NODE_OPTIONS, ...env } = process.env

t.test('an app that gives out JWTs alone does not load undici', async t => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', STEPS], { env })
  t.strictSame(JSON.parse(stdout), [false, 200, false, 200, true])
})
