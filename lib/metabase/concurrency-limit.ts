import type { Cancellation } from './deadline.js'
import { errorCodes } from '../errors.js'

/**
 * Runs the work as soon as there is room for it, unless that takes too long or it is cancelled before.
 * @param patience milliseconds: who was served after longer would have too little time left, and the work would be for nothing. Without it they wait until they are cancelled
 */
export type Limit = <T>(cancellation: Cancellation, work: () => Promise<T>, patience?: number) => Promise<T>

/**
 * Runs so many at a time; others wait in line, and who finds the line full is turned away at once. undici would
 * keep in its own line, which has no end, those whom nobody waits for any more.
 * @param atOnce who is served at a time
 * @param queue who may wait; all by default
 * @throws METABASE_SSO_OVERLOADED
 */
export function createLimit (atOnce: number, queue = Infinity): Limit {
  let running = 0
  // Not a Set: each table that it outgrows holds on to those who were in it, with all that they bring, until a full garbage collection.
  const line: Array<() => void> = []

  async function wait (cancellation: Cancellation, patience: number | undefined): Promise<void> {
    if (line.length >= queue) throw new errorCodes.METABASE_SSO_OVERLOADED()
    await new Promise<void>((resolve, reject) => {
      const giveUp = (error: Error): void => {
        clearTimeout(timer)
        const place = line.indexOf(enter)
        if (place === -1) return
        line.splice(place, 1)
        reject(error)
      }
      const enter = (): void => {
        clearTimeout(timer)
        resolve()
      }
      const timer = patience === undefined ? undefined : setTimeout(() => giveUp(new errorCodes.METABASE_SSO_OVERLOADED()), patience)
      line.push(enter)
      cancellation.onCancel(() => giveUp(new Error('cancelled while in line')))
    })
  }

  /** Gives the place to the next in line. */
  function leave (): void {
    const next = line.shift()
    if (next === undefined) running--
    else next()
  }

  function run<T> (work: () => Promise<T>): Promise<T> {
    try {
      const result = work()
      result.then(leave, leave)
      return result
    } catch (error) {
      leave()
      throw error
    }
  }

  return (cancellation, work, patience) => {
    if (running >= atOnce) return wait(cancellation, patience).then(() => run(work))
    running++
    return run(work)
  }
}
