import { failureNames, type Failure, type FailOptions } from './failures.js'

/** What a request is about, as far as `fail()` tells requests apart. */
export type RequestKind = 'jwt' | 'discovery' | 'other'

/** Remembers which failure is due, for which requests and how often. */
export class FailureSwitch {
  #failure: Failure | null = null
  #on: 'jwt' | 'discovery' | 'all' = 'all'
  #left = 0

  set (failure: Failure | null, { on = 'all', times = Infinity }: FailOptions = {}): void {
    if (failure !== null && !failureNames.includes(failure)) {
      throw new TypeError(`Unknown failure ${String(failure)}. There are: ${failureNames.join(', ')}`)
    }
    this.#failure = failure
    this.#on = on
    this.#left = times
  }

  /** The failure that a request of this kind meets, counted as used; `null` if it is to be served. */
  take (kind: RequestKind): Failure | null {
    if (this.#left <= 0 || (this.#on !== 'all' && this.#on !== kind)) return null
    this.#left -= 1
    return this.#failure
  }
}
