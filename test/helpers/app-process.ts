import { spawn } from 'node:child_process'
import { once } from 'node:events'
import type { Test } from 'tap'

export interface AppProcess {
  /** What it has printed so far. */
  output: () => string
  /** Where it listens. */
  url: Promise<string>
  /** Exit code and signal. */
  exited: Promise<unknown[]>
  kill (signal: NodeJS.Signals): void
}

/** Runs a script in a process of its own, on a free port. It ends with the test. */
export function startApp (
  t: Test, script: string, env: Record<string, string>, listening = /Server listening at ([^"]+)/
): AppProcess {
  const child = spawn(process.execPath, [script], {
    cwd: process.cwd(),
    // tap would count the script and dist among the files to be covered.
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
      const printed = listening.exec(text)?.[1]
      if (printed !== undefined) resolve(printed)
    }
    child.stdout.setEncoding('utf8').on('data', read)
    child.stderr.setEncoding('utf8').on('data', read)
    exited.then(() => reject(new Error(`${script} ended early: ${text}`)), reject)
  })
  url.catch(() => {}) // not every test waits for it
  return { output: () => text, url, exited, kill: signal => child.kill(signal) }
}
