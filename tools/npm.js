import { runCommand } from './run-command.js'

/**
 * Runs npm. Its JavaScript where it is known, as `npm run` says: Windows has no program of this name, but a script.
 * @param {string[]} args
 * @param {object} options of spawn
 * @returns {Promise<string>} what it wrote to stdout
 */
export async function npm (args, options = {}) {
  const { npm_execpath: script } = process.env
  if (script?.endsWith('.js')) return await runCommand(process.execPath, [script, ...args], options)
  return await runCommand('npm', args, { ...options, shell: process.platform === 'win32' })
}
