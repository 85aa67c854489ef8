import type { Test } from 'tap'

/** A clock of this process that stands still. */
export interface StandingClock {
  /** Moves it on by so many milliseconds. */
  pass (ms: number): void
}

/**
 * Stops a clock until the test ends. Call it before the app is made.
 * @param clock `Date`, the wall clock; or `performance`, which never goes back
 */
export function stopClock (t: Test, clock: { now: () => number }): StandingClock {
  const { now } = clock
  let stands = Math.ceil(now.call(clock) / 1000) * 1000
  clock.now = () => stands
  t.teardown(() => { clock.now = now })
  return { pass: ms => { stands += ms } }
}

/** Timers of this process that run when the test says so, however fast the machine is. */
export interface HeldTimers {
  /** Counts those of so many milliseconds that wait. */
  waiting (ms: number): number
  /** Runs those of so many milliseconds that wait. */
  run (ms: number): void
}

/**
 * Holds the timers of these milliseconds until the test ends. Take numbers that nothing else uses, above 1000: undici
 * has plain timers below.
 */
export function holdTimers (t: Test, ...held: number[]): HeldTimers {
  const { setTimeout, clearTimeout } = globalThis
  const timers = new Map<unknown, { ms: number, callback: () => void }>()
  globalThis.setTimeout = ((callback: () => void, ms: number, ...args: []) => {
    if (!held.includes(ms)) return setTimeout(callback, ms, ...args)
    const timer = Symbol('held timer')
    timers.set(timer, { ms, callback })
    return timer
  }) as typeof setTimeout
  globalThis.clearTimeout = timer => { if (!timers.delete(timer)) clearTimeout(timer) }
  t.teardown(() => Object.assign(globalThis, { setTimeout, clearTimeout }))

  const of = (ms: number) => [...timers].filter(([, timer]) => timer.ms === ms)
  return {
    waiting: ms => of(ms).length,
    run (ms) {
      for (const [timer, { callback }] of of(ms)) if (timers.delete(timer)) callback()
    }
  }
}
