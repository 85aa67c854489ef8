import type { Test } from 'tap'
import { startApp, type AppProcess } from './app-process.js'
import { SECRET, SESSION_SECRET } from './host.js'

export const FRONT_END = 'https://app.example.com'

/** Starts an example on a free port. It ends with the test. */
export function startExample (t: Test, name: string, env: Record<string, string>): AppProcess {
  return startApp(t, `examples/${name}/server.js`, { HOST: '127.0.0.1', FRONT_END, ...env })
}

/** The environment of an example with sessions and one Metabase. */
export const sessionEnv = ({ url }: { url: string }): Record<string, string> => ({
  SESSION_SECRET,
  METABASE_INSTANCE_URL: url,
  METABASE_JWT_SHARED_SECRET: SECRET
})

/** Asserts that the example ends at once with these words when it lacks this variable. */
export async function needs (
  t: Test, name: string, env: Record<string, string>, variable: string, words = `Error: Set ${variable}`
): Promise<void> {
  const { [variable]: missing, ...others } = env
  const app = startExample(t, name, others)
  t.same(await app.exited, [1, null], `without ${variable} it ends`)
  t.match(app.output(), words)
}

/** What the plugin itself says without a secret. */
export const SECRET_MISSING = 'option "secret" is missing or blank. Set `secret` to the JWT signing key'
