// `npm run e2e`: Metabase's own clients sign in through the packed plugin, in Chromium.
// `npm run e2e -- "full-app"` plays the flows whose names hold that text.
import { installChromium } from './setup/chromium.js'
import { installPackages, installPlugin } from './setup/packages.js'

try {
  const { passed, failed } = await run(process.argv[2])
  console.log(`${passed} passed, ${failed} failed`)
  if (failed > 0 || passed === 0) process.exitCode = 1
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}

async function run (text) {
  await step('Chromium', installChromium)
  await step('packages of e2e', installPackages)
  await step('the plugin, packed', installPlugin)
  // Only now is there something to import from.
  const { bundlePages } = await import('./setup/bundle.js')
  await step('pages', bundlePages)
  const { playAll } = await import('./suite.js')
  return await step('flows', () => playAll(text))
}

async function step (what, work) {
  const began = performance.now()
  const result = await work()
  console.log(`# ${what}: ${((performance.now() - began) / 1000).toFixed(1)} s`)
  return result
}
