import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { HOMEPAGE, VERSION } from '../../lib/package.js'

interface PackageConstants {
  fillConstants (source: string, manifest: { version: string, homepage: string }): string
  placesOfHomepage (): string[]
  moveHomepage (text: string, from: string, to: string): string
}

const { fillConstants, moveHomepage, placesOfHomepage }: PackageConstants = await import(
  pathToFileURL(resolve('tools/package-constants.js')).href
)
const manifest = JSON.parse(readFileSync('package.json', 'utf8'))
const { homepage, version, repository, bugs } = manifest

t.test('the plugin has the version and the homepage of package.json', async t => {
  t.strictSame({ HOMEPAGE, VERSION }, { HOMEPAGE: homepage, VERSION: version }, 'else run `npm run build`')
})

t.test('the build copies a new version and homepage', async t => {
  const source = readFileSync('lib/package.ts', 'utf8')
  const moved = fillConstants(source, { version: '9.8.7', homepage: 'https://elsewhere.example/sso' })
  t.match(moved, "VERSION = '9.8.7'\nexport const HOMEPAGE = 'https://elsewhere.example/sso'")
  t.equal(fillConstants(moved, manifest), source, 'and nothing else')
})

t.test('package.json names one repository everywhere', async t => {
  t.equal(repository.url, `git+${homepage}.git`)
  t.equal(bugs.url, `${homepage}/issues`)
})

/** What is not in the repository, or of other packages. */
const NOT_OURS = /^(\.git|\.tap|\.build|\.stryker-tmp|dist|node_modules|reports|build|artifacts)$/

/** Lists the files of the repository. */
const filesBelow = (folder: string): string[] => readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
  if (NOT_OURS.test(entry.name)) return []
  const path = folder === '.' ? entry.name : `${folder}/${entry.name}`
  return entry.isDirectory() ? filesBelow(path) : [path]
})

t.test('a move of the repository is one line: the build finds every place that names it', async t => {
  const places = placesOfHomepage()
  for (const path of ['README.md', 'package.json', 'llms.txt', 'CHANGELOG.md', '.github/ISSUE_TEMPLATE/config.yml', 'examples/README.md']) {
    t.ok(places.includes(path) && readFileSync(path, 'utf8').includes(homepage), path)
  }
  const moved = moveHomepage(JSON.stringify(manifest), homepage, 'https://elsewhere.example/sso')
  t.match(JSON.parse(moved), { repository: { url: 'git+https://elsewhere.example/sso.git' }, bugs: { url: 'https://elsewhere.example/sso/issues' } })
  const naming = filesBelow('.').filter(path => readFileSync(path, 'utf8').includes(homepage))
  t.ok(naming.includes('lib/package.ts'))
  t.strictSame(naming.filter(path => !places.includes(path) && path !== 'lib/package.ts'), [])
})
