// Measures what `npm i fastify-metabase-sso` brings. The README says it, and a test compares: node tools/sizes.js
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { npm } from './npm.js'

const root = fileURLToPath(new URL('..', import.meta.url))

/** Lists the packages that the runtime dependencies bring, as folders, by the lock file. */
function runtimeFolders () {
  const { packages } = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'))
  const found = new Set()
  function visit (from, names) {
    for (const name of names) {
      // As Node resolves it: the nearest node_modules that has it.
      let base = from
      while (packages[`${base}node_modules/${name}`] === undefined) base = base.slice(0, base.lastIndexOf('node_modules/'))
      const folder = `${base}node_modules/${name}`
      if (found.has(folder)) continue
      found.add(folder)
      visit(`${folder}/`, Object.keys(packages[folder].dependencies ?? {}))
    }
  }
  visit('', Object.keys(packages[''].dependencies))
  return [...found]
}

/** Bytes of the files below a folder, without packages of its own. */
function bytesOf (folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    if (entry.name === 'node_modules') return sum
    const path = `${folder}/${entry.name}`
    return sum + (entry.isDirectory() ? bytesOf(path) : statSync(path).size)
  }, 0)
}

/** @returns {Promise<{ tarball: number, packages: number, installed: number }>} bytes, packages, bytes */
export async function sizes () {
  const [{ size, unpackedSize }] = JSON.parse(await npm(['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: root }))
  const folders = runtimeFolders()
  const installed = folders.reduce((sum, folder) => sum + bytesOf(`${root}/${folder}`), unpackedSize)
  return { tarball: size, packages: folders.length, installed }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { tarball, packages, installed } = await sizes()
  console.log(`${Math.round(tarball / 1000)} kB to download, ${packages} dependencies, ${(installed / 1e6).toFixed(1)} MB on disk`)
}
