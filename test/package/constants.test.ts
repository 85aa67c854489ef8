import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
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

t.test('a move of the repository is one line: the build finds every place that names it', async t => {
  const places = placesOfHomepage()
  for (const path of ['README.md', 'package.json', 'llms.txt', 'CHANGELOG.md', '.github/ISSUE_TEMPLATE/config.yml', 'examples/README.md']) {
    t.ok(places.includes(path) && readFileSync(path, 'utf8').includes(homepage), path)
  }
  const moved = moveHomepage(JSON.stringify(manifest), homepage, 'https://elsewhere.example/sso')
  t.match(JSON.parse(moved), { repository: { url: 'git+https://elsewhere.example/sso.git' }, bugs: { url: 'https://elsewhere.example/sso/issues' } })
  const tracked = execFileSync('git', ['grep', '-lF', homepage], { encoding: 'utf8' }).trim().split('\n')
  t.strictSame(tracked.filter(path => !places.includes(path) && path !== 'lib/package.ts'), [])
})
