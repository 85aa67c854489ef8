import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.js'

const root = fileURLToPath(new URL('..', import.meta.url))
const quiet = ['--no-audit', '--no-fund', '--loglevel=error', '--ignore-scripts']

/**
 * Installs what the lock file of a folder says, unless that is there already: it can be hundreds of packages.
 * @param {string} folder with packages of its own, of which the root knows nothing
 */
export async function installPackages (folder) {
  const stamp = join(folder, 'node_modules', '.installed')
  const lock = createHash('sha256').update(await readFile(join(folder, 'package-lock.json'))).digest('hex')
  if (await readFile(stamp, 'utf8').catch(() => '') === lock) return
  await npm(['ci', ...quiet], { cwd: folder })
  await writeFile(stamp, lock)
}

/**
 * Builds and packs the plugin, and installs into a folder what its users would get. The lock file does not hear of
 * it.
 */
export async function installPlugin (folder) {
  const parcel = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-'))
  try {
    await npm(['run', 'build'], { cwd: root })
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', parcel]
    const [{ filename }] = JSON.parse(await npm(pack, { cwd: root }))
    const install = ['install', ...quiet, '--no-save', '--no-package-lock', '--prefer-offline', join(parcel, filename)]
    await npm(install, { cwd: folder })
  } finally {
    await rm(parcel, { recursive: true })
  }
}
