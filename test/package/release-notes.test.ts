import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'

interface ReleaseNotes {
  releaseNotes (tag: string, version: string, changelog: string): string
}

const { releaseNotes }: ReleaseNotes = await import(pathToFileURL(resolve('tools/release-notes.js')).href)
const CHANGELOG = `# Changelog

## [Unreleased]

## [1.1.0] - 2026-12-24

### Fixed

- A bug.

## [1.0.0] - 2026-11-30

- First.

[1.1.0]: https://example.com/compare/v1.0.0...v1.1.0
[1.0.0]: https://example.com/releases/v1.0.0
`

t.test('the notes of a release are its section of the changelog', async t => {
  t.equal(releaseNotes('v1.1.0', '1.1.0', CHANGELOG), '### Fixed\n\n- A bug.')
  t.equal(releaseNotes('v1.0.0', '1.0.0', CHANGELOG), '- First.')
})

t.test('a release whose tag, version and changelog differ is refused', async t => {
  t.throws(() => releaseNotes('v1.1.0', '1.0.0', CHANGELOG), { message: 'the tag is v1.1.0, and the version in package.json is 1.0.0' })
  t.throws(() => releaseNotes('v1.2.0', '1.2.0', CHANGELOG), { message: 'CHANGELOG.md has no section of 1.2.0' })
  t.throws(() => releaseNotes('v1.1.0', '1.1.0', CHANGELOG.replace('2026-12-24', 'soon')), /has no date for 1.1.0/)
})

t.test('the changelog has a section of the version in package.json, in the form of keepachangelog.com', async t => {
  const { version, homepage } = JSON.parse(readFileSync('package.json', 'utf8'))
  const changelog = readFileSync('CHANGELOG.md', 'utf8')
  t.match(releaseNotes(`v${version}`, version, changelog), /^### (Added|Changed|Deprecated|Removed|Fixed|Security)\n/)
  for (const [, name = ''] of changelog.matchAll(/^### (.*)$/gm)) t.match(name, /^(Added|Changed|Deprecated|Removed|Fixed|Security)$/)
  t.match(changelog, /keepachangelog\.com/)
  for (const [, label = ''] of changelog.matchAll(/^## \[(.*?)\]/gm)) t.ok(changelog.includes(`\n[${label}]: ${homepage}/`), label)
})
