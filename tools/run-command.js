import { spawn } from 'node:child_process'
import { once } from 'node:events'

/**
 * Runs a command, for five minutes at most. Its output is shown where it failed.
 * @returns {Promise<string>} what it wrote to stdout
 */
export async function runCommand (command, args, options = {}) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000, ...options })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', chunk => { stdout += chunk })
  child.stderr.on('data', chunk => { stderr += chunk })
  const [code, signal] = await once(child, 'close')
  if (code !== 0) throw new Error(`${command} ${args.join(' ')} ended with ${code ?? signal}\n${stdout}${stderr}`)
  return stdout
}
