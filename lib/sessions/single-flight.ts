import { isDeepStrictEqual } from 'node:util'
import { Cancellation } from '../metabase/deadline.js'

/**
 * Runs one call for all who ask for the same at the same time.
 * @param visitor only those of one visitor share
 * @param question and only when it is the same
 */
export type SingleFlight<T> = (visitor: string, question: unknown, gone: Cancellation, run: (gone: Cancellation) => Promise<T>) => Promise<T>

interface Flight<T> {
  question: unknown
  result: Promise<T>
  waiting: number
  gone: Cancellation
}

/** A call is cancelled when all who wait for it have gone: one of them must not end it for the others. */
export function createSingleFlight<T> (): SingleFlight<T> {
  // Each visitor's last. Not a Map: the tables that one outgrows hold on to the later ones, and so to flights that are over, until a full garbage collection.
  const flights: Record<string, Flight<T>> = Object.create(null)

  function start (visitor: string, question: unknown, run: (gone: Cancellation) => Promise<T>): Flight<T> {
    const gone = new Cancellation()
    const result = run(gone)
    const flight = { question, result, waiting: 0, gone }
    flights[visitor] = flight
    const end = (): void => leave(visitor, flight)
    result.then(end, end)
    return flight
  }

  function leave (visitor: string, flight: Flight<T>): void {
    if (flights[visitor] === flight) delete flights[visitor]
  }

  return (visitor, question, gone, run) => {
    const last = flights[visitor]
    const flight = last !== undefined && isDeepStrictEqual(last.question, question) ? last : start(visitor, question, run)
    flight.waiting++
    gone.onCancel(() => {
      if (--flight.waiting > 0) return
      leave(visitor, flight)
      flight.gone.cancel()
    })
    return flight.result
  }
}
