import { existsSync } from 'node:fs'
import { runCommand } from './run-command.js'

/** Debian's Chromium, by which the flows are played. */
export const chromiumPath = '/usr/bin/chromium'

/** Installs it where it is missing and we may. */
export async function installChromium () {
  if (existsSync(chromiumPath)) return
  if (process.getuid?.() !== 0) throw new Error(`There is no ${chromiumPath}. Install it: sudo apt-get update && sudo apt-get install chromium`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  await runCommand('apt-get', ['update'], { env })
  await runCommand('apt-get', ['install', '--yes', '--no-install-recommends', 'chromium', 'fonts-liberation'], { env })
}
