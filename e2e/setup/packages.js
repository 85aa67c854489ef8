import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runCommand } from '../../tools/run-command.js'

const e2e = fileURLToPath(new URL('..', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']

/** What the lock file says, unless that is there already: the SDKs bring nine hundred packages. */
export async function installPackages () {
  const stamp = join(e2e, 'node_modules', '.installed')
  const lock = createHash('sha256').update(await readFile(join(e2e, 'package-lock.json'))).digest('hex')
  if (await readFile(stamp, 'utf8').catch(() => '') === lock) return
  await runCommand('npm', ['ci', ...quiet], { cwd: e2e })
  await writeFile(stamp, lock)
}

/** Builds and packs the plugin, and installs what its users would get. The lock file does not hear of it. */
export async function installPlugin () {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-e2e-'))
  try {
    await runCommand('npm', ['run', 'build'], { cwd: root })
    const [{ filename }] = JSON.parse(await runCommand('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }))
    await runCommand('npm', ['install', ...quiet, '--no-save', '--no-package-lock', '--prefer-offline', join(folder, filename)], { cwd: e2e })
  } finally {
    await rm(folder, { recursive: true })
  }
}
