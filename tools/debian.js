import { existsSync } from 'node:fs'
import { runCommand } from './run-command.js'

/**
 * Installs a program from Debian where it is missing and we may.
 * @param {string} path of the program
 * @param {string[]} packages it comes with
 */
export async function installFromDebian (path, packages) {
  if (existsSync(path)) return
  if (process.getuid?.() !== 0) {
    throw new Error(
    `There is no ${path}. Install it: sudo apt-get update && sudo apt-get install ${packages.join(' ')}`
    )
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', ['update'], { env })
  await runCommand('apt-get', ['install', '--yes', '--no-install-recommends', ...packages], { env })
}
