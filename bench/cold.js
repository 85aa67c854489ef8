// What a process pays for the plugin before its first request.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { command, SERVER } from './processes/child.js'
import { table } from './results.js'
import { summarize } from './statistics.js'

/** Whole processes of each kind, in turn. */
const PROCESSES = 20

const HOST = `
  const [{ default: Fastify }, { default: session }, { default: cookie }] =
    [await import('fastify'), await import('@fastify/session'), await import('@fastify/cookie')]`
const PLUGIN = "const { default: metabaseSso } = await import('fastify-metabase-sso')"
const APP = `
  const app = Fastify()
  await app.register(cookie)
  await app.register(session, { secret: 'a session secret of the host app, longer than 32 characters' })`
const REGISTER = `
  await app.register(metabaseSso, {
    secret: 'a signing key of 32 characters or more', instanceUrl: 'http://localhost:3000', verify: false
  })`

const KINDS = {
  'host imported': [HOST],
  'host and plugin imported': [HOST, PLUGIN],
  'host ready': [HOST, APP, 'await app.ready()'],
  'host with plugin ready': [HOST, PLUGIN, APP, REGISTER, 'await app.ready()']
}

const MEASURE = `
  const { user, system } = process.cpuUsage()
  console.log(JSON.stringify({
    wall: performance.now(), cpu: (user + system) / 1000, memory: process.memoryUsage.rss() / 1024 ** 2
  }))
  process.exit()`

const TARGETS = [
  { figure: 'wall', atMost: 40, unit: 'ms' },
  { figure: 'memory', atMost: 6, unit: 'MiB' }
]

/** @returns {Promise<Record<string, object[]>>} by kind: what each process measured */
export async function measureCold (quick) {
  const measured = Object.fromEntries(Object.keys(KINDS).map(kind => [kind, []]))
  for (let number = 0; number < (quick ? 1 : PROCESSES); number++) {
    for (const [kind, lines] of Object.entries(KINDS)) {
      const script = [...lines, MEASURE].join('\n')
      const [program, ...args] = command(SERVER, '--input-type=module', '--eval', script)
      const { stdout, stderr } = spawnSync(program, args, { cwd: fileURLToPath(new URL('.', import.meta.url)) })
      if (stdout.length === 0) throw new Error(String(stderr))
      measured[kind].push(JSON.parse(stdout))
    }
  }
  return measured
}

export function reportCold (measured) {
  const medians = Object.entries(measured).map(([kind, processes]) => [kind, summarize(processes)])
  const rows = medians.map(([kind, { wall, cpu, memory }]) =>
    [kind, wall.toFixed(1), cpu.toFixed(1), memory.toFixed(1)])
  const [[, before], [, after]] = medians
  const verdicts = TARGETS.map(({ figure, atMost, unit }) => {
    const more = after[figure] - before[figure]
    return [`imported: at most ${atMost} ${unit} more`, `${more.toFixed(1)} ${unit}`, more <= atMost ? 'met' : 'missed']
  })
  return [
    `## Cold start, medians of ${measured['host imported'].length} processes`,
    table(['Process', 'Until then, ms', 'CPU ms', 'RSS MiB'], rows),
    table(['Target', 'Measured', 'Verdict'], verdicts)
  ].join('\n\n')
}
