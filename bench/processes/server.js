// A contender in a process of its own, so that its CPU time is that of the host app alone.
import { Session } from 'node:inspector/promises'
import { setTimeout } from 'node:timers/promises'
import { answerParent } from './child.js'

const MIB = 1024 ** 2

/** Microseconds between two samples of a profile. */
const SAMPLING = 200

let began
let inspector

answerParent({
  async start ({ contender, ...options }) {
    const { start } = await import(`../contenders/${contender}.js`)
    return await start(options)
  },
  begin () {
    began = process.cpuUsage()
  },
  /**
   * Microseconds of CPU time since then, garbage collection and the threads of libuv included: the process's own, and
   * the kernel's for it, most of which is the sockets'.
   */
  end: () => process.cpuUsage(began),
  async beginProfile () {
    inspector = new Session()
    inspector.connect()
    await inspector.post('Profiler.enable')
    await inspector.post('Profiler.setSamplingInterval', { interval: SAMPLING })
    await inspector.post('Profiler.start')
  },
  /** Microseconds since then by owner. */
  async endProfile () {
    const { profile } = await inspector.post('Profiler.stop')
    inspector.disconnect()
    return sumByOwner(profile)
  },
  /**
   * What is in use: MiB, and handles. Only when nothing is measured any more: a forced collection throws compiled code
   * away.
   */
  async memory () {
    globalThis.gc()
    await setTimeout(100) // the pages are given back in the background
    globalThis.gc()
    const { rss, heapUsed } = process.memoryUsage()
    return { rss: rss / MIB, heap: heapUsed / MIB, handles: process.getActiveResourcesInfo().length }
  }
})

function sumByOwner ({ nodes, samples, timeDeltas }) {
  const owners = new Map(nodes.map(({ id, callFrame }) => [id, ownerOf(callFrame)]))
  const sums = {}
  for (const [index, id] of samples.entries()) {
    const owner = owners.get(id)
    if (owner !== undefined) sums[owner] = (sums[owner] ?? 0) + timeDeltas[index]
  }
  return sums
}

/** Whose function it is; undefined while the process waits. */
function ownerOf ({ functionName, url }) {
  if (functionName === '(idle)') return undefined
  if (functionName === '(garbage collector)') return 'garbage collection'
  if (functionName === '(program)') return 'V8 and libuv'
  if (url.startsWith('node:')) return "Node's JavaScript"
  if (url === '') return `native: ${functionName}`
  return /.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(url)?.[1] ?? 'the host app'
}
