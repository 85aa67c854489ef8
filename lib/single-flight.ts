import { Cancellation } from './deadline.js'

/** Runs one call for all who ask for the same at the same time. */
export type SingleFlight<T> = (key: string, gone: Cancellation, run: (gone: Cancellation) => Promise<T>) => Promise<T>

interface Flight<T> {
  result: Promise<T>
  waiting: number
  gone: Cancellation
}

/** A call is cancelled when all who wait for it have gone: one of them must not end it for the others. */
export function createSingleFlight<T> (): SingleFlight<T> {
  // Not a Map: the tables that one outgrows hold on to the later ones, and so to flights that are over, until a full garbage collection.
  const flights: Record<string, Flight<T>> = Object.create(null)

  function start (key: string, run: (gone: Cancellation) => Promise<T>): Flight<T> {
    const gone = new Cancellation()
    const flight = { gone, waiting: 0, result: run(gone).finally(() => end(key, flight)) }
    flights[key] = flight
    return flight
  }

  function end (key: string, flight: Flight<T>): void {
    if (flights[key] === flight) delete flights[key]
  }

  return (key, gone, run) => {
    const flight = flights[key] ?? start(key, run)
    flight.waiting++
    gone.onCancel(() => {
      if (--flight.waiting > 0) return
      end(key, flight)
      flight.gone.cancel()
    })
    return flight.result
  }
}
