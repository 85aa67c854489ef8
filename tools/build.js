// Builds dist/: declarations of every source, and a file of JavaScript for each entry. Loading sixty files would take
// a process twice as long.
import { rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { runCommand } from './run-command.js'

/** What package.json names. */
export const ENTRIES = ['index.ts', 'testing/index.ts', 'bin/fastify-metabase-sso.ts']

/** Run it in the root of the repository. */
export async function buildPackage () {
  rmSync('dist', { recursive: true, force: true })
  const declarations = ['-p', 'tsconfig.build.json', '--emitDeclarationOnly']
  await runCommand(process.execPath, ['node_modules/typescript/bin/tsc', ...declarations])
  await build({
    entryPoints: ENTRIES,
    outbase: '.',
    outdir: 'dist',
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'es2023', // as in tsconfig.json
    logLevel: 'warning'
  })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildPackage()
