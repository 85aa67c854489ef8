import { errorCodes } from './errors.js'

/** Runs the work, or turns it away at once. */
export type Gate = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets so many in at a time; who comes when it is full is turned away, which costs neither side anything.
 * @param most who is served, and who waits for it
 */
export function createGate (most: number): Gate {
  let inside = 0
  return async work => {
    if (inside >= most) throw new errorCodes.METABASE_SSO_OVERLOADED()
    inside++
    try {
      return await work()
    } finally {
      inside--
    }
  }
}
