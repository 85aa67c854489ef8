import { createServer } from 'node:http'
import { connect } from 'node:net'
import type { Test } from 'tap'
import { listen } from './own-metabase.js'

/** Sets environment variables until the test is over. */
export function setEnvironment (t: Test, variables: NodeJS.ProcessEnv): void {
  const before = { ...process.env }
  t.teardown(() => { process.env = before })
  process.env = { ...process.env, ...variables }
}

/** A proxy that takes every host name for this machine. It lists what it was asked to connect to. */
export async function startProxy (t: Test): Promise<{ url: string, tunnels: string[] }> {
  const tunnels: string[] = []
  const proxy = createServer()
  proxy.on('connect', ({ url = '' }, client, head) => {
    tunnels.push(url)
    const upstream = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
  })
  return { url: `http://127.0.0.1:${await listen(t, proxy)}`, tunnels }
}
