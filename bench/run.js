// `npm run bench`: what the packed plugin costs, next to bare routes and to Metabase's Express sample. On Node 24,
// which is fetched where another one runs.
// `npm run bench -- profile` tells whose work it is.
// `npm run bench -- jwt` measures the workloads whose names hold that text; with --quick just to see that they run.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { nodeBinary } from '../tools/node-binary.js'
import { installPackages, installPlugin } from '../tools/packages.js'

const bench = fileURLToPath(new URL('.', import.meta.url))
const NODE = 24

async function main (args) {
  const { values: { quick }, positionals: [text] } = parseArgs(
    { args, allowPositionals: true, options: { quick: { type: 'boolean' } } }
  )
  if (!process.version.startsWith(`v${NODE}.`)) {
    const child = spawn(await nodeBinary(NODE, bench), [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit' })
    const [code] = await once(child, 'close')
    return code ?? 1
  }
  await installPackages(bench)
  await installPlugin(bench)
  // Only now is there something to import from.
  const { runProfiles, runSuite } = await import('./suite.js')
  if (text === 'profile') await runProfiles({ quick })
  else await runSuite({ text, quick })
  return 0
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
