// `npm run bench`: what the packed plugin costs, next to bare routes and to Metabase's Express sample.
// `npm run bench -- jwt` measures the workloads whose names hold that text; with --quick just to see that they run.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPackages, installPlugin } from '../tools/packages.js'

const bench = fileURLToPath(new URL('.', import.meta.url))

try {
  const { values: { quick }, positionals: [text] } = parseArgs(
    { allowPositionals: true, options: { quick: { type: 'boolean' } } }
  )
  await installPackages(bench)
  await installPlugin(bench)
  // Only now is there something to import from.
  const { runSuite } = await import('./suite.js')
  await runSuite({ text, quick })
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
