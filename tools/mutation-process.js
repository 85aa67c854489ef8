// Runs test files in this process, for tools/mutation-runner.js, once for each mutant.
import { readdirSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { once } from 'node:events'
import process from 'node:process'
import t from 'tap'

const stryker = globalThis.__stryker__ ??= {}
const build = new URL('../.build/', import.meta.url)
const { setTimeout } = globalThis // some tests replace it
let imports = 0
let idle = 0
t.setTimeout(0) // one of the whole process: the runner ends what hangs

// tap would end where nothing is left to do for a moment. A second of that ends the process: the test waits in vain.
t.removeAllListeners('idle')
process.removeAllListeners('beforeExit')
process.on('beforeExit', () => { if (idle++ < 20) setTimeout(() => {}, 50) })

/** Runs one test file with a mutant or with none. Returns whether it passes. */
async function passes (name, mutant) {
  const failed = t.counts.fail
  stryker.activeMutant = mutant
  stryker.currentTestId = name
  idle = 0
  await import(new URL(`test/${name}.test.js?${++imports}`, build).href)
  // Top-level tests run in their order: at this one, those of the file are over.
  let isEnd = false
  await t.test('end', async () => { isEnd = true })
  return isEnd && t.counts.fail === failed // tap runs nothing after an error that no test awaits
}

/** Runs files until one fails. Fails a file without a mutant, too, its failure says nothing about the mutant. */
async function run ({ names, mutant, hitLimit, isFresh }) {
  Object.assign(stryker, { hitCount: hitLimit && 0, hitLimit })
  const times = {}
  for (const name of names) {
    process.send({ running: name })
    const started = performance.now()
    if (!await passes(name, mutant)) {
      const isKilled = isFresh || await passes(name)
      return { status: isKilled ? 'killed' : 'unclear', failed: name }
    }
    times[name] = performance.now() - started
  }
  return { status: 'survived', times, coverage: mutant === undefined ? stryker.mutantCoverage : undefined }
}

process.on('disconnect', () => process.exit()) // the runner is gone

// What is reached while modules load belongs to no test.
for (const path of readdirSync(new URL('lib/', build), { recursive: true })) {
  if (path.endsWith('.js')) await import(new URL(`lib/${path.replaceAll('\\', '/')}`, build).href)
}

for (;;) {
  process.channel.ref()
  const [message] = await once(process, 'message')
  process.channel.unref()
  process.send(await run(message))
}
