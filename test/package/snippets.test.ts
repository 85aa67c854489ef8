import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import ts from 'typescript'
import { snippets } from '../helpers/readme.js'

const run = promisify(execFile)

// Inside the repository, so that the package finds itself and its types by name. Needs `npm run build`.
const root = process.cwd()
await mkdir('.tap', { recursive: true }) // tap makes it, `npm run t` does not

/** The recipes need packages that are not installed here: npm run consumers compiles them. */
const isAlone = ({ page }: { page: string }): boolean => !page.startsWith('docs/recipes/')

t.test('every TypeScript snippet of the README and of docs/ compiles', async t => {
  const folder = await mkdtemp(join(root, '.tap', 'snippets-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const files = await Promise.all([...snippets('ts').filter(isAlone), ...snippets('ts test')].map(async ({ page, code }, index) => {
    const file = join(folder, `${page.replaceAll(/\W/g, '-')}-${index}.mts`) // which a problem then names
    await writeFile(file, code.includes('import ') ? code : `import 'fastify-metabase-sso'\n${code}`)
    return file
  }))
  t.ok(files.length >= 14, 'the snippets were found')
  const program = ts.createProgram(files, {
    target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.NodeNext, strict: true, noEmit: true, skipLibCheck: true, types: ['node']
  })
  const problems = ts.getPreEmitDiagnostics(program)
  t.equal(problems.length, 0, ts.formatDiagnostics(
    problems, { getCanonicalFileName: name => name, getCurrentDirectory: () => folder, getNewLine: () => '\n' }
  ))
})

t.test('the unit test of docs/testing.md passes as it stands', async t => {
  const folder = await mkdtemp(join(root, '.tap', 'snippets-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const [{ code } = { code: '' }] = snippets('ts test')
  const file = join(folder, 'example.test.mjs')
  await writeFile(file, code)
  const { NODE_OPTIONS, ...env } = process.env
  const { stdout } = await run(
    process.execPath,
    ['--test', '--test-reporter=tap', file],
    { env: { ...env, NODE_TEST_CONTEXT: undefined, _TAPJS_PROCESSINFO_COVERAGE_: '0' } }
  )
  t.match(stdout, /^# pass 1$/m)
})
