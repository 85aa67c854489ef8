import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import t from 'tap'
import { linksOf, pages, prose, readPage, targetsOf } from '../helpers/readme.js'

/** As GitHub makes an anchor of a heading. */
const slug = (heading: string): string => heading.trim().toLowerCase()
  .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1').replaceAll(/[^\p{L}\p{M}\p{N}_ -]/gu, '').replaceAll(' ', '-')

function anchorsOf (page: string): Set<string> {
  const text = prose(page)
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slug(heading))
  const ids = [...text.matchAll(/<a id="([^"]+)">/g)].map(([, id = '']) => id)
  const anchors = [...headings, ...ids]
  t.equal(new Set(anchors).size, anchors.length, `${page} has each anchor once`)
  return new Set(anchors)
}

t.test('the README has at most 250 lines', async t => {
  const lines = readPage('README.md').split('\n').length - 1
  t.ok(lines <= 250, `${lines} lines`)
})

for (const page of [...pages, 'examples/README.md', 'CONTRIBUTING.md']) {
  t.test(`every link of ${page} leads to a file and an anchor that are there`, async t => {
    const links = linksOf(page)
    t.ok(links.length > 0, 'links were found')
    for (const link of links) {
      const [path = '', anchor] = link.split('#')
      const target = path === '' ? page : join(dirname(page), path).replaceAll('\\', '/')
      t.ok(existsSync(target), `${link} leads to a file`)
      if (anchor !== undefined) t.ok(anchorsOf(target).has(anchor), `${link} leads to an anchor`)
    }
  })
}

t.test('every page in docs/ is linked from the README, or is for contributors', async t => {
  const linked = new Set([...linksOf('README.md'), ...linksOf('CONTRIBUTING.md')].map(link => link.split('#')[0]))
  t.strictSame(pages.filter(page => page !== 'README.md' && !linked.has(page)), [])
})

const { homepage } = JSON.parse(readFileSync('package.json', 'utf8'))
const others = ['CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md', 'SKILL.md', 'llms.txt', 'examples/README.md']

t.test('every link to the repository leads to a file and an anchor that are there', async t => {
  let found = 0
  for (const page of [...pages, ...others]) {
    for (const target of targetsOf(page).filter(target => target.startsWith(homepage))) {
      const [, path, anchor] = /^\/(?:blob|tree|raw)\/main\/([^#]+)(?:#(.*))?$/.exec(target.slice(homepage.length)) ?? []
      if (path === undefined) continue // issues, workflows and releases
      found++
      t.ok(existsSync(path), `${page}: ${target}`)
      if (anchor !== undefined) t.ok(anchorsOf(path).has(anchor), `${page}: ${target}`)
    }
  }
  t.ok(found > 15)
})
