// Prints what CHANGELOG.md says of a version. Fails unless the tag, package.json and CHANGELOG.md agree on it.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/**
 * @param {string} tag such as v1.2.3
 * @param {string} version in package.json
 * @param {string} changelog in the form of keepachangelog.com
 * @returns {string} the section of the version
 */
export function releaseNotes (tag, version, changelog) {
  if (tag !== `v${version}`) throw new Error(`the tag is ${tag}, and the version in package.json is ${version}`)
  const sections = changelog.split(/^(?=## \[)/m)
  const section = sections.find(section => section.startsWith(`## [${version}]`))
  if (section === undefined) throw new Error(`CHANGELOG.md has no section of ${version}`)
  const [heading, ...lines] = section.split('\n')
  if (!/\] - \d{4}-\d\d-\d\d$/.test(heading)) throw new Error(`CHANGELOG.md has no date for ${version}: ${heading}`)
  return lines.filter(line => !/^\[[^\]]+\]: /.test(line)).join('\n').trim()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const read = path => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8')
  console.log(releaseNotes(process.argv[2], JSON.parse(read('package.json')).version, read('CHANGELOG.md')))
}
