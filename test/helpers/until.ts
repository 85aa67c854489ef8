/** Waits, turn by turn of the event loop, for something that will happen; the test's own timeout ends it otherwise. */
export async function until (condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise(setImmediate)
}
