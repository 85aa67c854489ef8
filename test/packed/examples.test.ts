import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { installPacked, userEnv } from '../helpers/packed.js'
import { SECRET, SESSION_SECRET, standIn } from '../helpers/host.js'

const EXAMPLES = [
  'bearer-token', 'full-app', 'guest-embeds', 'metrics', 'opentelemetry', 'server-side', 'session-cookie', 'several-instances'
]
const IMPORTED = [
  'fastify@5', '@fastify/cookie@11', '@fastify/session@11', '@fastify/formbody', '@fastify/cors@11', '@fastify/jwt@10',
  '@opentelemetry/api', '@opentelemetry/sdk-trace-base', 'prom-client'
]

t.test('an example runs as it is copied from the installed package', { timeout: 600_000 }, async t => {
  const { folder } = await installPacked(t, ...IMPORTED)
  await cp(join(folder, 'node_modules/fastify-metabase-sso/examples'), folder, { recursive: true })
  const { url } = await standIn(t)
  const variables = { INSTANCE_URL: url, JWT_SHARED_SECRET: SECRET, EMBEDDING_SECRET_KEY: 'e'.repeat(32) }
  const env = { ...userEnv, HOST: '127.0.0.1', PORT: '0', SESSION_SECRET, APP_JWT_SECRET: SESSION_SECRET }
  for (const [name, value] of Object.entries(variables)) {
    for (const prefix of ['', 'EU_', 'US_']) Object.assign(env, { [`${prefix}METABASE_${name}`]: value })
  }
  for (const example of EXAMPLES) {
    const child = spawn(process.execPath, [`${example}/server.js`], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
    const closed = once(child, 'close')
    let output = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => { output += chunk })
    while (!output.includes('Server listening at') && child.exitCode === null) await new Promise(setImmediate)
    t.match(output, 'Server listening at', example)
    child.kill('SIGKILL')
    await closed
  }
})
