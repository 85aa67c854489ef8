import { errorCodes } from '../errors.js'

/**
 * Runs the work as soon as there is room for it.
 * @param signal ends the wait: the work never starts
 * @param maxWait milliseconds: a call that waited longer would have too little time left. None: until it is aborted
 * @throws METABASE_SSO_OVERLOADED
 */
export type ConcurrencyLimit = <T>(signal: AbortSignal, work: () => Promise<T>, maxWait?: number) => Promise<T>

/**
 * Runs so many calls at a time. Others wait in a queue, and calls are rejected when it is full. undici's own queue has
 * no end, and keeps calls that were aborted.
 * @param concurrency calls that run at a time
 * @param queue calls that may wait; any number by default
 */
export function createConcurrencyLimit (concurrency: number, queue = Infinity): ConcurrencyLimit {
  let running = 0
  let waiting = 0
  // Not a Set or a Map: each table that it outgrows holds on to its entries until a full garbage collection.
  const entries: Array<{ start: (() => void) | undefined }> = []

  function wait (signal: AbortSignal, maxWait: number | undefined): Promise<void> {
    if (waiting >= queue) throw new errorCodes.METABASE_SSO_OVERLOADED(`the queue is full (${queue} calls)`)
    return new Promise((resolve, reject) => {
      const entry = { start }
      const timer = maxWait === undefined ? undefined : setTimeout(leave, maxWait)
      signal.addEventListener('abort', leave, { once: true })
      entries.push(entry)
      waiting++

      function end (): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', leave)
        Object.assign(entry, { start: undefined })
        waiting--
      }
      function start (): void {
        end()
        resolve()
      }
      function leave (): void {
        end()
        const late = new errorCodes.METABASE_SSO_OVERLOADED('it waited in the queue for half of its time')
        reject(signal.aborted ? signal.reason : late)
      }
    })
  }

  /** Hands the place on to the first call that still waits. */
  function release (): void {
    for (let entry = entries.shift(); entry !== undefined; entry = entries.shift()) {
      if (entry.start !== undefined) return entry.start()
    }
    running--
  }

  function run<T> (work: () => Promise<T>): Promise<T> {
    try {
      const result = work()
      result.then(release, release)
      return result
    } catch (error) {
      release()
      throw error
    }
  }

  return async (signal, work, maxWait) => {
    if (running >= concurrency) await wait(signal, maxWait)
    else running++
    return await run(work)
  }
}
