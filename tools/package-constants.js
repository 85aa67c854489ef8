// Copies version and homepage from package.json into lib/package.ts, and from homepage what else names the repository.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const read = path => readFileSync(new URL(path, root), 'utf8')
const { version, homepage } = JSON.parse(read('package.json'))

/**
 * Fills version and homepage into a source.
 * @param {string} source of lib/package.ts
 * @param {{ version: string, homepage: string }} manifest package.json
 */
export const fillConstants = (source, { version, homepage }) => source
  .replace(/(VERSION = )'.*'/, `$1'${version}'`)
  .replace(/(HOMEPAGE = )'.*'/, `$1'${homepage}'`)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const before = read('lib/package.ts')
  const after = fillConstants(before, { version, homepage })
  // An unchanged file keeps its time: `npm run t` builds when a source is newer than dist/.
  if (after !== before) writeFileSync(new URL('lib/package.ts', root), after)
}
