import type { Test } from 'tap'

/** A clock of this process that can be set: everything in it sees the change until the test ends. */
export interface SetClock {
  /** Milliseconds that it is ahead of what it would be. */
  ahead: number
  /** As it would be. */
  real: () => number
}

/**
 * Call it before the app is made.
 * @param clock `Date`, the wall clock, which people and NTP set; or `performance`, which never goes back
 */
export function setClock (t: Test, clock: { now: () => number }): SetClock {
  const now = clock.now
  const real = () => now.call(clock)
  const set: SetClock = { ahead: 0, real }
  clock.now = () => real() + set.ahead
  t.teardown(() => { clock.now = now })
  return set
}
