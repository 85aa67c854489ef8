// The demo with Metabase's own React SDK in it. `npm run demo:sdk` starts it.
import { installPackages } from '../../e2e/setup/packages.js'
import { readSettings } from './settings.js'
import { startDemo } from './start.js'

try {
  readSettings(process.env) // what is wrong there should not take minutes to hear
  console.log('Getting the SDK ready. The first time it is installed, which takes a minute or two.')
  await installPackages()
  // Only now is there something to import from.
  const { bundlePages, pagesFolder, sdks } = await import('../../e2e/setup/bundle.js')
  await bundlePages()
  await startDemo(Object.entries(sdks).map(([release, { era }]) => ({ release, era, folder: pagesFolder(release) })))
} catch (error) {
  console.error(error.message)
  process.exitCode = 1
}
