// Runs test files fast, without coverage and without checking the tests' types: npm run t route/no-head
// With --bail, the first file that fails ends it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { buildPackage } from './build.js'
import { findTests, similarNames, testNames } from './test-names.js'
import { filesIn, outdir, transpile } from './transpile.js'

// These tests use the package as its users do: from dist/.
const USERS_TESTS = /^(demo|examples|package|packed|redis)(\/|$)/

/** Builds dist/ when a source is newer. */
async function build () {
  const newest = Math.max(...['index.ts', ...filesIn('lib'), ...filesIn('testing')].map(path => statSync(path).mtimeMs))
  if (statSync('dist/index.js', { throwIfNoEntry: false })?.mtimeMs > newest) return
  await buildPackage()
}

/**
 * Runs one test file and prints its failures.
 * @param {string} name such as route/no-head
 * @param {object} counts of assertions, which the file's are added to
 * @returns {Promise<number>} exit code
 */
async function run (name, counts) {
  const child = spawn(process.execPath, ['--enable-source-maps', `${outdir}/test/${name}.test.js`], {
    env: { TAP_TIMEOUT: '600', ...process.env }, // as in .taprc
    stdio: ['inherit', 'pipe', 'inherit']
  })
  const closed = once(child, 'close')
  const { report } = await import('./report.js') // loads while the test starts
  const ok = await report(child.stdout, counts)
  const [code, signal] = await closed
  if (code === 0 && ok) return 0
  console.log(`test/${name}.test.ts failed: ${signal ?? (code === 0 ? 'no complete TAP' : `exit code ${code}`)}`)
  return code || 1
}

/** Prints what is wrong with the arguments. */
function explain (unknown, names) {
  if (unknown.length === 0) console.error('Name a test file or a folder of tests: npm run t route/no-head')
  for (const argument of unknown) {
    console.error(
    `There is no test "${argument}". Similar names:\n  ${similarNames(argument, names).join('\n  ')}`
    )
  }
}

async function main (given) {
  const args = given.filter(argument => argument !== '--bail')
  const isBailing = args.length < given.length
  const started = performance.now()
  const names = testNames()
  const unknown = args.filter(argument => findTests(argument, names).length === 0)
  if (args.length === 0 || unknown.length > 0) {
    explain(unknown, names)
    return 2
  }

  const chosen = [...new Set(args.flatMap(argument => findTests(argument, names)))]
  await transpile()
  if (chosen.some(name => USERS_TESTS.test(name))) await build()
  const counts = { pass: 0, fail: 0, skip: 0, todo: 0 }
  const codes = []
  for (const name of chosen) {
    codes.push(await run(name, counts))
    if (isBailing && codes.at(-1) !== 0) break
  }
  const { summary } = await import('./report.js')
  console.log(summary(counts, codes, (performance.now() - started) / 1000))
  return codes.find(code => code !== 0) ?? 0
}

// Tests read README.md and examples/ from there.
process.chdir(fileURLToPath(new URL('..', import.meta.url)))
try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  // esbuild has printed its errors.
  if (error.errors === undefined) console.error(error.message)
  process.exitCode = 1
}
