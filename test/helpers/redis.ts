import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Test } from 'tap'
import type { AppProcess } from './app-process.js'
import { sessionEnv, startExample } from './example.js'

export interface RedisServer {
  /** Goes into REDIS_URL. */
  url: string
  stop (): Promise<void>
  /** Starts it again, at the same place and empty. */
  restart (): Promise<void>
}

/**
 * Starts a Redis of its own, on a socket in a folder of its own: no port, so nothing to be in the way of. It ends with
 * the test.
 */
export async function startRedis (t: Test): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-redis-'))
  let server: ChildProcess | undefined
  const redis = {
    url: `unix://${folder}/redis.sock`,
    async stop () {
      if (server === undefined || server.exitCode !== null || server.signalCode !== null) return
      const closed = once(server, 'close')
      server.kill('SIGKILL')
      await closed
    },
    async restart () {
      await redis.stop()
      server = await launch(folder)
    }
  }
  t.teardown(async () => {
    await redis.stop()
    await rm(folder, { recursive: true })
  })
  server = await launch(folder)
  return redis
}

async function launch (folder: string): Promise<ChildProcess> {
  const options = ['--port', '0', '--unixsocket', 'redis.sock', '--dir', folder, '--save', '', '--appendonly', 'no']
  // it says what is wrong on stdout
  const server = spawn('redis-server', options, { cwd: folder, stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('close', () => reject(new Error(`Redis ended early: ${text}`)))
    server.stdout.setEncoding('utf8').on('data', chunk => {
      text += chunk
      if (/ready to accept connections/i.test(text)) resolve()
    })
  })
  return server
}

/** Starts a process of examples/redis. It ends with the test. */
export function startRedisApp (
  t: Test, redis: RedisServer, metabase: { url: string }, env: Record<string, string> = {}
): AppProcess {
  return startExample(t, 'redis', { ...sessionEnv(metabase), REDIS_URL: redis.url, ...env })
}

/** Starts so many of them, and returns their URLs. */
export async function startRedisApps (
  t: Test, count: number, redis: RedisServer, metabase: { url: string }
): Promise<string[]> {
  return await Promise.all(Array.from({ length: count }, async () => await startRedisApp(t, redis, metabase).url))
}
