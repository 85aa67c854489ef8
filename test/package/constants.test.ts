import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { HOMEPAGE, VERSION } from '../../lib/package.js'

interface PackageConstants {
  fillConstants (source: string, manifest: { version: string, homepage: string }): string
}

const { fillConstants }: PackageConstants = await import(pathToFileURL(resolve('tools/package-constants.js')).href)
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
