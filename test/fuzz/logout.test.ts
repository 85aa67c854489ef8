import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import t from 'tap'

// As in test/helpers/fuzz.ts.
const { FUZZ_TIMES = '1', FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env

/** Runs the model in a thread of its own: tap tracks each promise, which takes ten times as long as all else. */
async function run (workerData: { cache: boolean, seed: number, numRuns: number }): Promise<Record<string, number>> {
  const [counts] = await once(new Worker(new URL('registry-model.js', import.meta.url), { workerData }), 'message')
  return counts
}

for (const cache of [false, true]) {
  t.test(`a complete logout has ended each session of its user session, and no other (cache: ${cache})`, async t => {
    const [seed, numRuns] = [Number(FUZZ_SEED), 2000 * Number(FUZZ_TIMES)]
    t.comment(`seed ${seed}: FUZZ_SEED=${seed} npm run t fuzz/logout`)
    const { exchanges = 0, complete = 0, reused = 0, ...others } = await run({ cache, seed, numRuns })
    t.comment({ exchanges, complete, reused, ...others })
    t.ok(exchanges > numRuns, 'sessions were handed out')
    t.ok(complete > numRuns, 'logouts were complete')
    t.equal(reused > 0, cache)
  })
}
