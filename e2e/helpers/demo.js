import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { until } from './until.js'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Types `npm run demo`, or another script, and waits for the URL that it prints. */
export async function startDemo (script = 'demo') {
  const env = { ...process.env, PORT: '0', METABASE_INSTANCE_URL: '', METABASE_JWT_SHARED_SECRET: '' }
  // In a process group of its own, as in a terminal: Ctrl-C goes to all of it.
  const child = spawn('npm', ['run', script], { cwd: root, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const exited = once(child, 'close')
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', chunk => { output += chunk })
  const url = () => /The demo is at (\S+)/.exec(output)?.[1]
  const isOver = () => child.exitCode !== null || child.signalCode !== null
  const signal = name => { if (!isOver()) process.kill(-child.pid, name) }

  const demo = {
    get url () { return url() },
    /** Waits until everything has ended that could still print. */
    async pressCtrlC () {
      signal('SIGINT')
      await exited
    },
    async close () {
      signal('SIGKILL')
      await exited
    }
  }
  try {
    await until(() => url() !== undefined || isOver(), 'the demo prints its URL')
    if (url() === undefined) throw new Error(`the demo ended: ${output}`)
  } catch (error) {
    await demo.close()
    throw error
  }
  return demo
}
