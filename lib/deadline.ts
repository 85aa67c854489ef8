import { errorCodes } from './errors.js'

/**
 * Says to work under way that nobody waits for it any more. An AbortController does the same; the three that a
 * sign-in takes would cost a tenth of its CPU time (Node 20).
 */
export class Cancellation {
  readonly #listeners: Array<() => void> = []
  #cancelled = false

  get cancelled (): boolean {
    return this.#cancelled
  }

  /** The listener is called once; at once, if that has happened already. */
  onCancel (listener: () => void): void {
    if (this.#cancelled) listener()
    else this.#listeners.push(listener)
  }

  cancel (): void {
    if (this.#cancelled) return
    this.#cancelled = true
    for (const listener of this.#listeners) listener()
  }
}

interface DeadlineOptions {
  /** When nobody waits for it any more. */
  gone?: Cancellation
  /** What is thrown when the time is up. */
  late: () => Error
}

/**
 * Cancels the work when the time is up or nobody waits for it any more, and does not wait for it to notice:
 * undici lets a request that has no connection yet go on waiting for one.
 * @param timeout milliseconds
 * @throws METABASE_SSO_CLIENT_GONE, or what `late` makes
 */
export function withDeadline<T> (timeout: number, work: (cancellation: Cancellation) => Promise<T>, { gone, late }: DeadlineOptions): Promise<T> {
  const cancellation = new Cancellation()
  return new Promise((resolve, reject) => {
    if (gone?.cancelled) throw new errorCodes.METABASE_SSO_CLIENT_GONE()
    const end = (error: Error) => {
      reject(error)
      cancellation.cancel()
    }
    const timer = setTimeout(() => end(late()), timeout)
    gone?.onCancel(() => end(new errorCodes.METABASE_SSO_CLIENT_GONE()))
    work(cancellation).finally(() => clearTimeout(timer)).then(resolve, reject)
  })
}

/** For `late`, where it is not Metabase that is late. */
export const noAnswer = (timeout: number) => (): Error => new Error(`no answer in ${timeout} ms`)
