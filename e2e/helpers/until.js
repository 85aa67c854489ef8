import { setTimeout } from 'node:timers/promises'

/** Looks again and again, until the condition holds. */
export async function until (condition, what, patience = 60_000) {
  const end = Date.now() + patience
  while (!condition()) {
    if (Date.now() > end) throw new Error(`waited in vain until ${what}`)
    await setTimeout(50)
  }
}
