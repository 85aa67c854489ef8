import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface DemoProcess {
  /** What it has printed so far. */
  output: () => string
  /** The URL that it prints. */
  url: Promise<string>
  /** Exit code and signal. */
  exited: Promise<unknown[]>
  kill (signal: NodeJS.Signals): void
}

/** Runs the demo as `npm run demo` does, on a free port. It ends with the test. */
export function startDemo (t: Test, env: Record<string, string> = {}): DemoProcess {
  const child = spawn(process.execPath, ['examples/demo/server.js'], {
    cwd: process.cwd(),
    // tap would count the demo and dist among the files to be covered.
    env: { PORT: '0', _TAPJS_PROCESSINFO_COVERAGE_: '0', ...env },
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const exited = once(child, 'close')
  t.teardown(async () => {
    child.kill('SIGKILL')
    await exited
  })

  let text = ''
  const url = new Promise<string>((resolve, reject) => {
    const read = (chunk: string) => {
      text += chunk
      const printed = /The demo is at (\S+)/.exec(text)?.[1]
      if (printed !== undefined) resolve(printed)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    exited.then(() => reject(new Error(`the demo ended early: ${text}`)), reject)
  })
  url.catch(() => {}) // not every test waits for it
  return { output: () => text, url, exited, kill: signal => child.kill(signal) }
}
