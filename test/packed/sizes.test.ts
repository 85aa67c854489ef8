import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import t from 'tap'
import { readPage } from '../helpers/readme.js'

interface Sizes { sizes (): Promise<{ tarball: number, packages: number, installed: number }> }

const { sizes }: Sizes = await import(pathToFileURL(resolve('tools/sizes.js')).href)

t.test('the README says how large the package and its dependencies are, to a tenth', { timeout: 600_000 }, async t => {
  const pattern = /is (\d+) kB to download, and with its (\d+) dependencies ([\d.]+) MB on disk/
  const [, tarball, packages, installed] = (pattern.exec(readPage('README.md')) ?? []).map(Number)
  const measured = await sizes()
  const isAbout = (said: number | undefined, is: number) => Math.abs(Number(said) - is) <= is / 10
  const now = 'else write what `node tools/sizes.js` says'
  t.ok(isAbout(tarball, measured.tarball / 1000), `${tarball} kB: ${measured.tarball}, ${now}`)
  t.equal(packages, measured.packages, now)
  t.ok(isAbout(installed, measured.installed / 1e6), `${installed} MB: ${measured.installed}, ${now}`)
})

t.test('docs/dependencies.md has a reason for each dependency and peer, and for no other package', async t => {
  const { dependencies, peerDependencies } = JSON.parse(readFileSync('package.json', 'utf8'))
  const [, runtime = '', peers = ''] = readPage('docs/dependencies.md').split(/^\| Package \|.*$/m)
  const namesIn = (table: string) => [...table.matchAll(/^\| (`.*?) \| /gm)]
    .flatMap(([, cell = '']) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name))
  t.strictSame(namesIn(runtime).sort(), Object.keys(dependencies).sort())
  t.strictSame(namesIn(peers).sort(), Object.keys(peerDependencies).sort())
})
