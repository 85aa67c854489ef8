import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path/posix'
import t from 'tap'
import ts from 'typescript'

const sourcesIn = (folder: string) => readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter(path => path.endsWith('.ts'))
  .map(path => `${folder}/${path.replaceAll('\\', '/')}`)

/** Lists the source files that a source file imports, for values or for types. */
const importsOf = (file: string): string[] => ts.preProcessFile(readFileSync(file, 'utf8')).importedFiles
  .filter(({ fileName }) => fileName.startsWith('.'))
  .map(({ fileName }) => join(dirname(file), fileName).replace(/\.js$/, '.ts'))

/** Finds the circles of imports: each as a chain of files that ends where it began. */
function findCycles (imports: ReadonlyMap<string, string[]>): string[] {
  const cycles: string[] = []
  const visited = new Set<string>()
  function visit (file: string, path: readonly string[]): void {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      return
    }
    if (visited.has(file)) return
    for (const imported of imports.get(file) ?? []) visit(imported, [...path, file])
    visited.add(file)
  }
  for (const file of imports.keys()) visit(file, [])
  return cycles
}

t.test('no source file imports itself by way of others', async t => {
  const files = ['index.ts', ...sourcesIn('lib'), ...sourcesIn('testing')]
  const imports = new Map(files.map(file => [file, importsOf(file)]))
  t.strictSame([...imports.values()].flat().filter(file => !files.includes(file)), [], 'every import was found')
  t.strictSame(findCycles(imports), [])
})

t.test('the search for cycles finds those of types and of three files', async t => {
  t.strictSame(
    findCycles(new Map([['a', ['b']], ['b', ['c', 'd']], ['c', ['a']], ['d', ['d']]])), ['a → b → c → a', 'd → d']
  )
  t.strictSame(ts.preProcessFile(
    "import type { A } from './a.js'\nexport * from './b.js'\ntype C = import('./c.js').C"
  ).importedFiles.length, 3)
})
