import { readFile } from 'node:fs/promises'
import { cpus, loadavg } from 'node:os'
import { ROUNDS, RUNS } from './measure.js'
import { canPin } from './processes/child.js'

const measured = [
  'fastify',
  '@fastify/cookie',
  '@fastify/session',
  'undici',
  'express',
  'express-session',
  'jsonwebtoken',
  'node-fetch',
  'autocannon'
]

/** Load average above which other processes use the cores. Installing the packages just before counts a little. */
const BUSY = 1.5

/** Of the package. */
export const title = async () => (await manifest('../')).name

/** What the figures depend on. */
export async function heading (quick) {
  const versions = await Promise.all(measured.map(async name =>
    `${name} ${(await manifest(`./node_modules/${name}/`)).version}`))
  const [{ model }, { length: cores }] = [cpus()[0], cpus()]
  const [load] = loadavg()
  return [
    `# What ${await title()} costs`,
    `${new Date().toISOString().slice(
      0, 10
    )}, ${cores} cores of ${model.trim()}, Node ${process.versions.node}; ${versions.join(', ')}.`,
    ...load > BUSY
      ? [
      `**The machine was busy when this began (load average ${load.toFixed(1)}): the figures are worthless.**`
        ]
      : [],
    quick
      ? 'A quick run: it shows that everything works, and its figures mean nothing.'
      : `Medians of ${ROUNDS} rounds in each of ${RUNS} runs, ± half the distance between their quartiles. What is said times another is the median of what each round says, as rounds of one time meet the machine in the same state. CPU time is that of the host app's process, its own and the kernel's for it; ${canPin ? 'it has a core for itself' : 'no taskset here, so nothing is pinned to a core'}. NODE_ENV=production, loggers off on both sides, the same session settings. The samples are measured in one run, for information.`
  ].join('\n\n')
}

export const profileHeading = async () => [
  `# Whose work a request of ${await title()} is`,
  `${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}. Samples of CPU profiles, in microseconds of a request: which share is whose counts here, as profiling itself takes time. Native functions stand under their own names.`
].join('\n\n')

const manifest = async folder => JSON.parse(await readFile(new URL(`${folder}package.json`, import.meta.url), 'utf8'))
