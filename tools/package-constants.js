// Copies version and homepage from package.json into lib/package.ts, for the links in errors. When the homepage is
// another one than before, everything that names it follows.
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../', import.meta.url)
const read = path => readFileSync(new URL(path, root), 'utf8')

/**
 * Fills version and homepage into a source.
 * @param {string} source of lib/package.ts
 * @param {{ version: string, homepage: string }} manifest package.json
 */
export const fillConstants = (source, { version, homepage }) => source
  .replace(/(VERSION = )'.*'/, `$1'${version}'`)
  .replace(/(HOMEPAGE = )'.*'/, `$1'${homepage}'`)

/** Lists the files that name the homepage. */
export function placesOfHomepage () {
  const below = ['docs', 'examples', '.github'].filter(folder => existsSync(new URL(folder, root))).flatMap(folder =>
    readdirSync(new URL(folder, root), { recursive: true }).map(path => `${folder}/${path.replaceAll('\\', '/')}`))
  return [...readdirSync(root), ...below].filter(path => /(^package\.json|\.(md|txt|yml))$/.test(path) && !path.includes('node_modules'))
}

/** Puts the new homepage in place of the old one, in a text. */
export const moveHomepage = (text, from, to) => text.replaceAll(from, to)

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const manifest = JSON.parse(read('package.json'))
  const before = read('lib/package.ts')
  const [, oldHomepage] = /HOMEPAGE = '(.*)'/.exec(before)
  const after = fillConstants(before, manifest)
  // An unchanged file keeps its time: `npm run t` builds when a source is newer than dist/.
  if (after !== before) writeFileSync(new URL('lib/package.ts', root), after)
  if (oldHomepage !== manifest.homepage) {
    for (const path of placesOfHomepage()) {
      writeFileSync(new URL(path, root), moveHomepage(read(path), oldHomepage, manifest.homepage))
    }
  }
}
