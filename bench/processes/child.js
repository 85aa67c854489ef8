import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** Without it the system moves processes between cores as it likes, and figures vary more. */
export const canPin = existsSync('/usr/bin/taskset')

/** The host app has the first core for itself, the load generator and Metabase share the other. */
export const [SERVER, OTHERS] = [0, 1]

/** Runs Node on one core. */
export const command = (core, ...args) =>
  [...canPin ? ['taskset', '--cpu-list', String(core)] : [], process.execPath, ...args]

/**
 * Starts a script of this folder in a process that runs on one core only, and ends with us.
 * @param {string} script
 * @param {number} core
 */
function startChild (script, core) {
  const [program, ...args] = command(core, '--expose-gc', fileURLToPath(new URL(script, import.meta.url)))
  const child = spawn(program, args, {
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
    env: { ...process.env, NODE_ENV: 'production' }
  })
  let stderr = '' // shown when something is wrong: express-session warns of its store whenever it starts
  child.stderr.on('data', chunk => { stderr += chunk })
  const ended = once(child, 'exit').then(([code, signal]) => [{ error: `${script} ended with ${code ?? signal}` }])
  return {
    /** One question at a time. */
    async ask (question, options) {
      child.send({ question, options })
      const [{ answer, error }] = await Promise.race([once(child, 'message'), ended])
      if (error !== undefined) throw new Error([error, stderr].join('\n'))
      return answer
    },
    async close () {
      if (child.connected) child.disconnect()
      await ended
    }
  }
}

/**
 * @param {(start: (script: string, core: number) => ReturnType<typeof startChild>) => Promise<T>} work with the
 * processes that it starts, which end with it
 * @returns {Promise<T>}
 * @template T
 */
export async function withChildren (work) {
  const children = []
  try {
    return await work((script, core) => {
      const child = startChild(script, core)
      children.push(child)
      return child
    })
  } finally {
    await Promise.all(children.map(child => child.close()))
  }
}

/** The child's side: a function for each question. */
export function answerParent (answers) {
  process.on('message', async ({ question, options }) => {
    try {
      process.send({ answer: await answers[question](options) })
    } catch (error) {
      process.send({ error: error.stack })
    }
  })
  process.on('disconnect', () => process.exit())
}
