import { errorCodes } from '../errors.js'

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
  /** When nobody waits for it any more; cancelled also when the time is up. */
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
export function withDeadline<T> (timeout: number, work: (cancellation: Cancellation) => Promise<T>, { gone = new Cancellation(), late }: DeadlineOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    if (gone.cancelled) throw new errorCodes.METABASE_SSO_CLIENT_GONE()
    const timer = setTimeout(() => {
      reject(late())
      gone.cancel()
    }, timeout)
    gone.onCancel(() => reject(new errorCodes.METABASE_SSO_CLIENT_GONE()))
    work(gone).then(
      result => { clearTimeout(timer); resolve(result) },
      error => { clearTimeout(timer); reject(error) }
    )
  })
}

/** For `late`, where it is not Metabase that is late. */
export const noAnswer = (timeout: number) => (): Error => new Error(`no answer in ${timeout} ms`)
