import type { Test } from 'tap'
import { startApp, type AppProcess } from '../helpers/app-process.js'

/** Runs the demo as `npm run demo` does, on a free port. It ends with the test. */
export function startDemo (t: Test, env: Record<string, string> = {}): AppProcess {
  return startApp(t, 'examples/demo/server.js', env, /The demo is at (\S+)/)
}
