import { errorCodes } from '../errors.js'

/**
 * Runs the work as soon as there is room for it.
 * @param signal ends the wait: the work never starts
 * @param maxWait milliseconds: a call that waited longer would have too little time left. None: until it is aborted
 */
type ConcurrencyLimit = <T>(signal: AbortSignal, work: () => Promise<T>, maxWait?: number) => Promise<T>

/** A place in the queue. It has no `start` once its call has left. */
interface Place {
  start?: (() => void) | undefined
  next?: Place
}

/**
 * Runs at most `concurrency` calls at a time. Others wait in a queue, and calls are rejected when it is full.
 * undici's own queue has no end, and keeps calls that were aborted.
 * @param concurrency calls that run at a time
 * @param queue calls that may wait; any number by default
 */
export function createConcurrencyLimit (concurrency: number, queue = Infinity): ConcurrencyLimit {
  let running = 0
  let waiting = 0
  // A linked list: an array moves all its entries for each that is taken out, and a Map keeps those of its tables that
  // it outgrew until a full garbage collection.
  let first: Place = {}
  let last = first

  function wait (signal: AbortSignal, maxWait: number | undefined): Promise<void> {
    if (waiting >= queue) throw new errorCodes.METABASE_SSO_OVERLOADED(`the queue is full (${queue} calls)`)
    return new Promise((resolve, reject) => {
      const place: Place = { start }
      const timer = maxWait === undefined ? undefined : setTimeout(leave, maxWait)
      signal.addEventListener('abort', leave)
      last = last.next = place
      waiting++

      function end (): void {
        clearTimeout(timer)
        signal.removeEventListener('abort', leave)
        place.start = undefined
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

  /** Hands the room on to the first call that still waits. */
  function release (): void {
    while (first.next !== undefined) {
      first = first.next
      if (first.start !== undefined) return first.start()
    }
    running--
  }

  return async (signal, work, maxWait) => {
    if (running >= concurrency) await wait(signal, maxWait)
    else running++
    try {
      return await work()
    } finally {
      release()
    }
  }
}
