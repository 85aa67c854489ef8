// The demo: a host app with the plugin, and a Metabase to sign in to. `npm run demo` starts it.
import { startDemo } from './start.js'

try {
  await startDemo()
} catch (error) {
  console.error(error.message) // an option that the plugin refuses says there what to change
  process.exitCode = 1
}
