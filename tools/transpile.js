import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { argv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

export const outdir = '.build'

/** Lists the files below a folder, with slashes on every system. */
export const filesIn = folder => readdirSync(folder, { recursive: true }).map(path =>
  `${folder}/${path.replaceAll('\\', '/')}`)

/** The projects in test/consumers/ are compiled where their dependencies are installed: npm run consumers. */
const isSource = path => path.endsWith('.ts') && !path.startsWith('test/consumers/')

/**
 * Transpiles what ships and its tests into .build/, without looking at types: `npm run typecheck` does that.
 * Run it in the root of the repository.
 */
export async function transpile () {
  const sources = ['index.ts', ...['lib', 'testing', 'bin', 'test'].flatMap(filesIn).filter(isSource)]
  await build({
    entryPoints: sources,
    outbase: '.',
    outdir,
    format: 'esm',
    platform: 'node',
    target: 'es2023', // as in tsconfig.json
    sourcemap: true, // stack traces and coverage name the lines of the .ts files
    sourcesContent: false,
    logLevel: 'warning'
  })
  removeLeftovers(sources)
}

/** Removes what earlier sources left: runFolder() imports every test that it finds. */
function removeLeftovers (sources) {
  const expected = new Set(sources.flatMap(path => {
    const script = `${outdir}/${path.replace(/\.ts$/, '.js')}`
    return [script, `${script}.map`]
  }))
  for (const path of filesIn(outdir)) {
    if (/\.js(\.map)?$/.test(path) && !expected.has(path)) rmSync(join(path))
  }
}

if (argv[1] === fileURLToPath(import.meta.url)) await transpile()
