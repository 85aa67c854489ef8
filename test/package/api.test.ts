import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import t from 'tap'
import ts from 'typescript'

// As the users' editors see the package. Needs `npm run build`.
const entries = { 'fastify-metabase-sso': 'dist/index.d.ts', 'fastify-metabase-sso/testing': 'dist/testing/index.d.ts' }
const settings: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, noEmit: true, skipLibCheck: true, types: ['node']
}

interface Documented { name: string, comment: string, examples: string[], isValue: boolean, from: string }

const program = ts.createProgram(Object.values(entries).map(file => resolve(file)), settings)
const checker = program.getTypeChecker()

/** What each entry of the package exports, with its doc comment. */
function exportsOf (from: keyof typeof entries): Documented[] {
  const file = resolve(entries[from])
  const module = checker.getSymbolAtLocation(program.getSourceFile(file) as ts.Node)
  if (module === undefined) throw new Error(`${from} exports nothing`)
  return checker.getExportsOfModule(module).filter(({ name }) => name !== 'default').map(exported => {
    const isAlias = (exported.flags & ts.SymbolFlags.Alias) !== 0
    const symbol = isAlias ? checker.getAliasedSymbol(exported) : exported
    const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === 'example')
    return {
      name: exported.name,
      from,
      comment: ts.displayPartsToString(symbol.getDocumentationComment(checker)),
      examples: tags.map(({ text }) => ts.displayPartsToString(text)),
      isValue: (symbol.flags & ts.SymbolFlags.Value) !== 0
    }
  })
}

const documented = Object.keys(entries).flatMap(from => exportsOf(from as keyof typeof entries))

t.test('every exported name says what it is for, with an example', async t => {
  t.ok(documented.length > 50, 'the names were found')
  for (const { name, comment, examples } of documented) {
    t.match(comment, /^[A-Z`][^]*\.$/, `${name} has a comment`)
    t.equal(examples.length, 1, `${name} has an example`)
  }
})

/** What the examples leave out: imports, and what a host app has. */
const preludeFor = (example: string): string => {
  const imported = Object.keys(entries).map(from => {
    const own = documented.filter(({ from: other, name }) => other === from && !new RegExp(`(const|class) ${name}\\b`).test(example))
    return `import { ${own.map(({ name, isValue }) => isValue ? name : `type ${name}`).join(', ')} } from '${from}'`
  })
  return `${imported.join('\n')}
    import { tracingChannel } from 'node:diagnostics_channel'
    import { readFile } from 'node:fs/promises'
    import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
    declare const app: FastifyInstance, request: FastifyRequest, reply: FastifyReply, response: Response, error: unknown
    declare const users: Map<string, { email: string }>, sessionIds: Map<string, string>, newKey: string, oldKey: string
  `
}

t.test('every example of a doc comment compiles', async t => {
  await mkdir('.tap', { recursive: true }) // tap makes it, `npm run t` does not
  const folder = await mkdtemp(join(process.cwd(), '.tap', 'api-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const files = await Promise.all(documented.map(async ({ name, examples: [example = ''] }, index) => {
    const file = join(folder, `${name}-${index}.mts`)
    const given = { metabase: 'MetabaseStandIn', guest: 'GuestOptions<unknown, false>' }
    const declared = Object.entries(given).filter(([variable]) => !example.includes(`const ${variable}`))
      .map(([variable, type]) => `declare const ${variable}: ${type}\n`)
    await writeFile(file, `${preludeFor(example)}${declared.join('')}${example}`)
    return file
  }))
  const problems = ts.getPreEmitDiagnostics(ts.createProgram(files, settings))
  t.equal(problems.length, 0, ts.formatDiagnostics(problems, {
    getCanonicalFileName: name => name, getCurrentDirectory: () => folder, getNewLine: () => '\n'
  }))
})
