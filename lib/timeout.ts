/** A value, or a promise of it. */
export type MaybePromise<T> = T | Promise<T>

/**
 * Rejects when the work takes too long. The work itself goes on: what can be aborted is aborted by `timeoutError`.
 * @param timeout milliseconds
 * @param timeoutError makes the error, once the time is over
 */
export function withTimeout<T> (timeout: number, work: Promise<T>, timeoutError: () => Error): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(timeoutError()), timeout)
    work.then(
      result => { clearTimeout(timer); resolve(result) },
      error => { clearTimeout(timer); reject(error) }
    )
  })
}
