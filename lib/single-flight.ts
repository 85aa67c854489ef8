/** Runs one call for all who ask for the same at the same time. */
export type SingleFlight<T> = (key: string, signal: AbortSignal | undefined, run: (signal: AbortSignal) => Promise<T>) => Promise<T>

interface Flight<T> {
  result: Promise<T>
  waiting: number
  controller: AbortController
}

/** A call is aborted when all who wait for it have gone: one of them must not end it for the others. */
export function createSingleFlight<T> (): SingleFlight<T> {
  const flights = new Map<string, Flight<T>>()

  function start (key: string, run: (signal: AbortSignal) => Promise<T>): Flight<T> {
    const controller = new AbortController()
    const flight = { controller, waiting: 0, result: run(controller.signal).finally(() => end(key, flight)) }
    flights.set(key, flight)
    return flight
  }

  function end (key: string, flight: Flight<T>): void {
    if (flights.get(key) === flight) flights.delete(key)
  }

  return async (key, signal, run) => {
    const flight = flights.get(key) ?? start(key, run)
    flight.waiting++
    const leave = () => {
      if (--flight.waiting > 0) return
      end(key, flight)
      flight.controller.abort()
    }
    signal?.addEventListener('abort', leave, { once: true })
    try {
      return await flight.result
    } finally {
      signal?.removeEventListener('abort', leave)
    }
  }
}
