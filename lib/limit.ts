import type { Cancellation } from './deadline.js'
import { errorCodes } from './errors.js'

/** Runs the work as soon as there is room for it, unless it is cancelled before. */
export type Limit = <T>(cancellation: Cancellation, work: () => Promise<T>) => Promise<T>

/**
 * Runs so many at a time; others wait in line, and who finds the line full is turned away at once. undici would
 * keep in its own line, which has no end, those whom nobody waits for any more.
 * @param atOnce who is served at a time
 * @param queue who may wait
 * @throws METABASE_SSO_OVERLOADED
 */
export function createLimit (atOnce: number, queue: number): Limit {
  let running = 0
  const line = new Set<() => void>()

  async function wait (cancellation: Cancellation): Promise<void> {
    if (line.size >= queue) throw new errorCodes.METABASE_SSO_OVERLOADED()
    await new Promise<void>((resolve, reject) => {
      line.add(resolve)
      cancellation.onCancel(() => {
        if (line.delete(resolve)) reject(new Error('cancelled while in line'))
      })
    })
  }

  /** Gives the place to the next in line. */
  function leave (): void {
    const [next] = line
    if (next === undefined) {
      running--
    } else {
      line.delete(next)
      next()
    }
  }

  function run<T> (work: () => Promise<T>): Promise<T> {
    const result = work()
    result.then(leave, leave)
    return result
  }

  return (cancellation, work) => {
    if (running >= atOnce) return wait(cancellation).then(() => run(work))
    running++
    return run(work)
  }
}
