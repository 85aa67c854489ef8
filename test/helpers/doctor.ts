import type { Test } from 'tap'
import { run } from '../../bin/run.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { ORIGIN, SECRET, standIn } from './host.js'

/** What a command came to. */
interface Ended {
  status: number
  stdout: string
  stderr: string
}

/** Runs the command `doctor` in this process. @param isTerminal whether it prints on a terminal */
export async function doctor (
  args: readonly string[], env: Record<string, string> = {}, isTerminal = false
): Promise<Ended> {
  const ended = { stdout: '', stderr: '' }
  const output = (name: 'stdout' | 'stderr') =>
    ({ isTTY: isTerminal, write: (text: string) => { ended[name] += text } })
  const status = await run(['doctor', ...args], { env, stdout: output('stdout'), stderr: output('stderr') })
  return { status, ...ended }
}

/** A Metabase that is set up right, with the arguments and the environment that fit it. */
export async function rightSetup (t: Test, version: MetabaseStandIn['version'] = 'v61') {
  const metabase = await standIn(t, { version })
  metabase.settings.corsOrigins = [ORIGIN]
  const args = ['--instance-url', metabase.url, '--origin', ORIGIN]
  const env = { METABASE_JWT_SHARED_SECRET: SECRET, METABASE_EMBEDDING_SECRET_KEY: metabase.embeddingSecret }
  return { metabase, args, env }
}
