import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import t from 'tap'
import { pages } from '../helpers/readme.js'

const root = process.cwd()
// Without tap's loaders: what runs here is what a user runs.
const { NODE_OPTIONS, ...inherited } = process.env
const env = { ...inherited, _TAPJS_PROCESSINFO_COVERAGE_: '0' } // coverage is for the sources
const execute = promisify(execFile)
const run = async (command: string, args: string[], cwd: string) => (await execute(command, args, { cwd, env })).stdout

/** Boots a host app with the installed package and signs a user in. */
const use = `
  const secret = 'a shared secret of 32 characters or more'
  const metabase = await startMetabase({ secret })
  const app = Fastify()
  app.register(metabaseSso, { secret, instanceUrl: metabase.url, getUser: () => ({ email: 'ann@example.com' }) })
  const { statusCode } = await app.inject('/sso/metabase')
  await app.close()
  await metabase.close()
  console.log(statusCode, metabase.sessions.size, typeof errorCodes.METABASE_SSO_TIMEOUT)`

t.test('the packed package, in an empty project', { timeout: 120_000 }, async t => {
  const folder = await mkdtemp(join(tmpdir(), 'fastify-metabase-sso-'))
  t.teardown(() => rm(folder, { recursive: true }))
  // The build is there already: `npm test` makes it first.
  const [{ filename, files }] = JSON.parse(
    await run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], root)
  )
  await writeFile(join(folder, 'package.json'), '{ "private": true }')
  await run(
    'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', join(folder, filename), 'fastify@5'], folder
  )

  t.test('holds the built files, the documents, and nothing else', async t => {
    const paths: string[] = files.map(({ path }: { path: string }) => path)
    const documents = ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'package.json', ...pages.filter(page =>
      page.startsWith('docs/'))]
    t.strictSame(paths.filter(path => !path.startsWith('dist/')).sort(), documents.sort())
    const built = paths.filter(path => path.startsWith('dist/'))
    t.ok(built.includes('dist/index.js') && built.includes('dist/testing/index.d.ts'))
    t.strictSame(built.filter(path => !/^dist\/(index|lib\/[\w/-]+|testing\/[\w/-]+)\.(js|d\.ts)$/.test(path)), [])
  })

  t.test('has types that resolve wherever its code does', async t => {
    // An ES module that CommonJS gets through require(esm) is what this package means to be.
    const checked = await run('npx', [
      'attw',
      join(folder, filename),
      '--profile',
      'node16',
      '--format',
      'table',
      '--ignore-rules',
      'cjs-resolves-to-esm'
    ], root)
    for (const from of ['node16 (from CJS)', 'node16 (from ESM)', 'bundler']) {
      const row = checked.split('\n').find(line => line.includes(from))
      t.equal(row?.match(/🟢/gu)?.length, 3, `both entries and package.json, from ${from}`)
    }
  })

  t.test('has nothing that publint would mend', async t => {
    t.match(await run('npx', ['publint', '--strict', '--pack', 'false'], root), /All good/)
  })

  t.test('can be imported', async t => {
    await writeFile(join(folder, 'imported.mjs'), `
      import Fastify from 'fastify'
      import metabaseSso, { errorCodes } from 'fastify-metabase-sso'
      import { startMetabase } from 'fastify-metabase-sso/testing'
      ${use}`)
    t.equal(await run(process.execPath, ['imported.mjs'], folder), '200 1 function\n')
  })

  t.test('can be required', async t => {
    await writeFile(join(folder, 'required.cjs'), `
      const Fastify = require('fastify')
      const metabaseSso = require('fastify-metabase-sso')
      const { errorCodes } = metabaseSso
      const { startMetabase } = require('fastify-metabase-sso/testing')
      ;(async () => {${use}})()`)
    t.equal(await run(process.execPath, ['required.cjs'], folder), '200 1 function\n')
  })
})
