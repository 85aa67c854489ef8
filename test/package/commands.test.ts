import { readdirSync, readFileSync } from 'node:fs'
import t from 'tap'
import { readPage } from '../helpers/readme.js'

t.test('the doctor that Node starts with an --env-file is the command of the package', async t => {
  const { name, bin } = JSON.parse(readFileSync('package.json', 'utf8'))
  const [, path] = /node --env-file=\.env (\S+) doctor /.exec(readPage('docs/getting-started.md')) ?? []
  // Not the link in .bin, which is a script of the shell under pnpm and on Windows.
  t.equal(path, `node_modules/${name}/${bin.slice('./'.length)}`)
})

/** Packages that the files of a folder import, apart from Node's own and this one. */
function importsOf (folder: string): string[] {
  const code = readdirSync(folder).filter(name => name.endsWith('.js')).map(name => readPage(`${folder}/${name}`)).join('\n')
  const names = [...code.matchAll(/^import (?:.* from )?'((?:@[^'/]+\/)?[^'./][^'/]*)/gm)].map(([, name = '']) => name)
  return [...new Set(names)].filter(name => !/^node:|^fastify(-metabase-sso)?$/.test(name)).sort()
}

t.test('the list of the examples names what each imports', async t => {
  const rows = [...readPage('examples/README.md').matchAll(/^\| \[([\w-]+)\]\(\1\/\w+\.js\) \| .* \| (.*) \|$/gm)]
  t.ok(rows.length >= 9)
  for (const [, folder = '', needs = ''] of rows) {
    const named = [...needs.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name).sort()
    t.strictSame(named, importsOf(`examples/${folder}`), folder)
  }
})
