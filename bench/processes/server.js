// A contender in a process of its own, so that its CPU time is that of the host app alone.
import { setTimeout } from 'node:timers/promises'
import { answerParent } from './child.js'

let began

answerParent({
  async start ({ contender, ...options }) {
    const { start } = await import(`../contenders/${contender}.js`)
    return await start(options)
  },
  begin () {
    began = process.cpuUsage()
  },
  /** Microseconds of CPU time since then, garbage collection and the threads of libuv included. */
  end () {
    const { user, system } = process.cpuUsage(began)
    return user + system
  },
  /** MiB that are left in use. Only when all is measured: a forced collection throws compiled code away. */
  async memory () {
    globalThis.gc()
    await setTimeout(100) // the pages are given back in the background
    globalThis.gc()
    return process.memoryUsage.rss() / 1024 ** 2
  }
})
