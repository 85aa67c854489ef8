import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { installPacked, root, runNode } from '../helpers/packed.js'
import { snippets } from '../helpers/readme.js'

const tsc = join(root, 'node_modules/typescript/bin/tsc')
const compilerOptions = { module: 'nodenext', types: ['node'], strict: true, noEmit: true }

// The devDependency is @types/node 20. With 26, types of node:diagnostics_channel have other parameters.
t.test('the quick start compiles with new types of Node, all declarations checked', { timeout: 600_000 }, async t => {
  const { folder } = await installPacked(t, 'fastify@5', '@fastify/cookie@11', '@fastify/session@11', '@types/node@26')
  const [server, declaration] = snippets('ts').filter(({ page }) => page === 'README.md').map(({ code }) => code)
  await writeFile(join(folder, 'server.ts'), [
    server, declaration, "export * from 'fastify-metabase-sso'\nexport * from 'fastify-metabase-sso/testing'"
  ].join('\n'))
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['server.ts'] }))
  t.equal(await runNode([tsc, '-p', '.'], folder).catch(({ stdout }) => stdout), '')
})
