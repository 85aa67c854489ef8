import { existsSync, readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import t from 'tap'
import { installPacked, root, runNode, runNpm } from '../helpers/packed.js'
import { startMetabase } from '../../testing/index.js'
import { SECRET } from '../helpers/host.js'
import { linksOf, pages, snippets } from '../helpers/readme.js'

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const compilerOptions = { module: 'nodenext', types: ['node'], strict: true, noEmit: true }

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

/** Lists the files below a folder that git knows, or would. */
const filesIn = (folder: string): string[] => !existsSync(folder)
  ? []
  : readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile())
    .map(({ parentPath, name }) => `${parentPath}/${name}`.replaceAll('\\', '/'))

const OTHERS = ['fastify@5', '@fastify/cookie@11', '@fastify/session@11', '@types/node@26']

t.test('the packed package, in a project of its own', { timeout: 600_000 }, async t => {
  const { folder, tarball, files } = await installPacked(t, ...OTHERS)

  t.test('holds the built files, the documents, the examples, and nothing else', async t => {
    const sources = ['index.ts', ...filesIn('lib'), ...filesIn('testing'), ...filesIn('bin')]
    const declarations = sources.filter(path => path.endsWith('.ts')).map(path => `dist/${path.replace(/\.ts$/, '.d.ts')}`)
    const scripts = ['index', 'testing/index', 'bin/fastify-metabase-sso'].map(entry => `dist/${entry}.js`)
    const examples = filesIn('examples').filter(path => !/^examples\/demo\/|node_modules/.test(path))
    t.strictSame(files.sort(), [
      'CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'SKILL.md', 'llms.txt', 'package.json',
      ...pages.filter(page => page.startsWith('docs/') && page !== 'docs/mutation.md'),
      ...declarations, ...scripts, ...examples
    ].sort())
  })

  t.test('has documents whose links lead to files that it holds', async t => {
    for (const page of files.filter(path => path.endsWith('.md'))) {
      for (const link of linksOf(page)) {
        const [path = ''] = link.split('#')
        const target = path === '' ? page : join(dirname(page), path).replaceAll('\\', '/').replace(/\/$/, '')
        t.ok(files.some(file => file === target || file.startsWith(`${target}/`)), `${page}: ${link}`)
      }
    }
  })

  t.test('has types that resolve wherever its code does', async t => {
    // An ES module that CommonJS gets through require(esm) is what this package means to be.
    const checked = await runNpm([
      'exec',
      '--',
      'attw',
      tarball,
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

  // All declarations are checked. The devDependency is @types/node 20: with 26, types of node:diagnostics_channel
  // have other parameters.
  t.test('has types with which the quick start compiles, with new types of Node', async t => {
    const [server, declaration] = snippets('ts').filter(({ page }) => page === 'README.md').map(({ code }) => code)
    await writeFile(join(folder, 'server.ts'), [
      server, declaration, "export * from 'fastify-metabase-sso'\nexport * from 'fastify-metabase-sso/testing'"
    ].join('\n'))
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['server.ts'] }))
    t.equal(await runNode([tsc, '-p', '.'], folder).catch(({ stdout }) => stdout), '')
  })

  t.test('has nothing that publint would mend', async t => {
    t.match(await runNpm(['exec', '--', 'publint', '--strict', tarball], root), /All good/)
  })

  t.test('can be imported', async t => {
    await writeFile(join(folder, 'imported.mjs'), `
      import Fastify from 'fastify'
      import metabaseSso, { errorCodes } from 'fastify-metabase-sso'
      import { startMetabase } from 'fastify-metabase-sso/testing'
      ${use}`)
    t.equal(await runNode(['imported.mjs'], folder), '200 1 function\n')
  })

  t.test('can be required', async t => {
    await writeFile(join(folder, 'required.cjs'), `
      const Fastify = require('fastify')
      const metabaseSso = require('fastify-metabase-sso')
      const { errorCodes } = metabaseSso
      const { startMetabase } = require('fastify-metabase-sso/testing')
      ;(async () => {${use}})()`)
    t.equal(await runNode(['required.cjs'], folder), '200 1 function\n')
  })

  t.test('has the command that the README names', async t => {
    const metabase = await startMetabase({ secret: SECRET })
    t.teardown(() => metabase.close())
    t.match(await runNpm(['exec', '--', 'fastify-metabase-sso', '--help'], folder), /fastify-metabase-sso doctor/)
    const printed = await runNpm(['exec', '--', 'fastify-metabase-sso', 'doctor', '--json', '--instance-url', metabase.url,
      '--only', 'instance'], folder)
    t.match(JSON.parse(printed), { ok: true, checks: Array })
  })
})
