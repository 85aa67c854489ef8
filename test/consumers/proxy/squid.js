// A host app reaches a Metabase whose name only a proxy can resolve: Squid, by NODE_USE_ENV_PROXY=1 alone.
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { freePort } from '../free-port.js'

async function untilListening (port) {
  for (let tries = 0; tries < 200; tries++) {
    const socket = connect(port, '127.0.0.1')
    try {
      await once(socket, 'connect')
      return
    } catch {
      await sleep(50)
    } finally {
      socket.destroy()
    }
  }
  throw new Error('Squid does not listen')
}

/** A proxy of this machine that knows the name metabase.internal. */
async function startSquid (folder) {
  const port = await freePort()
  await writeFile(join(folder, 'hosts'), '127.0.0.1 metabase.internal\n')
  await writeFile(join(folder, 'squid.conf'), `
    http_port 127.0.0.1:${port}
    http_access allow localhost
    hosts_file ${folder}/hosts
    access_log stdio:${folder}/access.log
    cache_log ${folder}/cache.log
    pid_filename none
    cache deny all
    shutdown_lifetime 0 seconds
  `)
  const child = spawn('/usr/sbin/squid', ['--foreground', '-f', join(folder, 'squid.conf')], { stdio: 'ignore' })
  await untilListening(port)
  return { url: `http://127.0.0.1:${port}`, child }
}

const folder = await mkdtemp(join(tmpdir(), 'squid-'))
await chmod(folder, 0o777) // started by root, Squid runs as a user of its own
const squid = await startSquid(folder)
try {
  const { METABASE_INSTANCE_URL, METABASE_JWT_SHARED_SECRET } = process.env
  const instanceUrl = `http://metabase.internal:${new URL(METABASE_INSTANCE_URL).port}`
  const ask = async () => {
    const app = Fastify()
    await app.register(metabaseSso, { secret: METABASE_JWT_SHARED_SECRET, instanceUrl, getUser: () => ({ email: 'ann@example.com' }) })
    const { status, code } = (await app.inject('/sso/metabase')).json()
    await app.close()
    return code ?? status
  }

  process.env.HTTP_PROXY = squid.url
  assert.equal(await ask(), 'METABASE_SSO_UNREACHABLE')
  process.env.NODE_USE_ENV_PROXY = '1'
  assert.equal(await ask(), 'ok')
  assert.match(await readFile(join(folder, 'access.log'), 'utf8'), /CONNECT metabase\.internal:\d+/)

  squid.child.kill()
  await once(squid.child, 'close')
  assert.equal(await ask(), 'METABASE_SSO_UNREACHABLE')
} finally {
  squid.child.kill()
  await rm(folder, { recursive: true })
}
