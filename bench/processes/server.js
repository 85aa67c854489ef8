// A contender in a process of its own, so that its CPU time is that of the host app alone.
import { setTimeout } from 'node:timers/promises'
import { answerParent } from './child.js'

const MIB = 1024 ** 2

let began

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
