import { noAnswer, withDeadline } from '../metabase/deadline.js'

/**
 * Gives a function of the host's so much time: one that never settles would let the request hang.
 * @param timeout milliseconds
 */
export function inTime<Arguments extends unknown[], T> (timeout: number, call: (...args: Arguments) => T | Promise<T>): (...args: Arguments) => T | Promise<T> {
  return (...args) => {
    const result = call(...args)
    return isPromise(result) ? withDeadline(timeout, async () => await result, { late: noAnswer(timeout) }) : result
  }
}

/** Or something like one: database clients return such. */
const isPromise = <T>(value: T | Promise<T>): value is Promise<T> => typeof (value as { then?: unknown } | null | undefined)?.then === 'function'
