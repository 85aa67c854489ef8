// `npm run soak`: what is left after a million requests, and what a Metabase that hangs or restarts, or a hundred
// logouts at once, do to the app.
// With --quick just to see that it runs.
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { installPackages, installPlugin } from '../tools/packages.js'

const bench = fileURLToPath(new URL('.', import.meta.url))

try {
  const { values: { quick } } = parseArgs({ options: { quick: { type: 'boolean' } } })
  await installPackages(bench)
  await installPlugin(bench)
  // Only now is there something to import from.
  const { runSoak } = await import('./soak/run.js')
  if (!await runSoak(quick)) process.exitCode = 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
