// Runs test files for tools/mutation.js: of each mutant only those that reach it. Many mutants share
// a process, as starting one takes longer than most test files do.
import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { testNames } from './test-names.js'

/** What the first run found, in the copy of the repository that all runners work in. */
const FIRST_RUN = '.build/first-run.json'

/** After so many mutants a process is replaced: it holds what all their tests imported. */
const MUTANTS_PER_PROCESS = 60

class FileRunner {
  static inject = ['options']
  #names
  #budget
  #child
  #tried = 0
  #kills = new Map()

  constructor ({ mutation }) {
    const { tests, slow, budget } = mutation
    this.#budget = budget
    this.#names = testNames().filter(name => tests.includes(name)
      ? name.includes('/') // the files of a folder run by themselves, not by the file of its name
      : tests.some(test => name.startsWith(`${test}/`)) && !slow.includes(name))
  }

  // A mutant that is reached while modules load gets a process of its own.
  capabilities () {
    return { reloadEnvironment: true }
  }

  /** Runs all files, and tells by file how long it took and which mutants it reached. */
  async dryRun ({ timeout }) {
    const { status, times, coverage, failed, output } = await this.#run({ names: this.#names, timeout })
    this.dispose()
    if (status !== 'survived') return { status: 'error', errorMessage: `No mutant, and ${failed} fails:\n${output}` }
    writeFileSync(FIRST_RUN, JSON.stringify({ times, coverage }))
    const tests = this.#names.map(name =>
      ({ id: name, name, status: 0, timeSpentMs: times[name], fileName: resolve(`test/${name}.test.ts`) }))
    return { status: 'complete', tests, mutantCoverage: coverage }
  }

  async mutantRun ({ activeMutant: { id: mutant }, mutantActivation, hitLimit }) {
    const timeout = 3 * this.#budget // of the tests that run, not of all that reach the mutant
    const { times, coverage } = JSON.parse(readFileSync(FIRST_RUN, 'utf8'))
    const isReached = name => coverage.perTest[name]?.[mutant] !== undefined
    // What has noticed many mutants in little time comes first.
    const cost = name => times[name] / (1 + (this.#kills.get(name) ?? 0))
    const bySpeed = this.#names.toSorted((a, b) => cost(a) - cost(b))
    const isStatic = mutantActivation === 'static'
    // Of a mutant that is also reached while modules load, the files that reach it later fail first.
    let left = this.#budget
    const names = [...bySpeed.filter(isReached), ...bySpeed.filter(name => isStatic && !isReached(name))]
      .filter((name, position) => (left -= times[name]) >= 0 || position === 0)
    let result = { status: 'unclear' }
    if (!isStatic) result = await this.#run({ names, mutant, timeout, hitLimit })
    // What an earlier mutant left in the process may be what failed.
    if (result.status === 'unclear') {
      this.dispose()
      result = await this.#run({ names, mutant, timeout, hitLimit, isStatic, isFresh: true })
      if (isStatic) this.dispose()
    }
    if (++this.#tried % MUTANTS_PER_PROCESS === 0) this.dispose()
    const { status, failed = names[0] } = result
    if (status === 'survived') return { status, nrOfTests: names.length }
    if (status === 'timeout') return { status, reason: failed }
    this.#kills.set(failed, (this.#kills.get(failed) ?? 0) + 1)
    return { status: 'killed', killedBy: [failed], failureMessage: failed, nrOfTests: names.length }
  }

  dispose () {
    this.#child?.kill('SIGKILL')
    this.#child = undefined
  }

  /** Sends a run to the process, and starts one where there is none. */
  #run ({ timeout, ...run }) {
    const isNew = this.#child === undefined
    this.#child ??= this.#start(run)
    const child = this.#child
    return new Promise(resolve => {
      let failed
      const finish = result => {
        clearTimeout(timer)
        child.removeAllListeners()
        resolve({ failed, output: child.output, ...result })
      }
      const end = result => {
        if (this.#child === child) this.dispose()
        finish(result)
      }
      const timer = setTimeout(end, timeout, { status: 'timeout' })
      child.on('message', message => {
        if (message.running !== undefined) failed = message.running
        if (message.status !== undefined) finish(message) // tap sends messages as well
      })
      child.on('exit', () => end({ status: isNew || run.isFresh ? 'killed' : 'unclear' }))
      child.send(run)
    })
  }

  #start ({ mutant, isStatic }) {
    const env = { ...process.env }
    if (isStatic) env.__STRYKER_ACTIVE_MUTANT__ = mutant
    const child = fork('tools/mutation-process.js', { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
    child.output = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', chunk => { child.output = (child.output + chunk).slice(-4000) })
    }
    return child
  }
}

/** Whether a text is a sentence or part of one: three words, and no header, selector or markup. */
const isProse = text => /\S \S+ \S/.test(text) && !/'[a-z-]+'|[;<>]/.test(text)

/** Leaves texts for people unbroken: the tests of log, options and package compare those that count. */
function shouldIgnore (path) {
  if (path.isStringLiteral() && isProse(path.node.value)) return 'prose'
  if (!path.isTemplateLiteral() || !isProse(path.node.quasis.map(({ value }) => value.cooked).join('x'))) return undefined
  // A choice inside of a text is more than a text.
  return path.node.expressions.every(({ type }) => /^(Identifier|MemberExpression|CallExpression)$/.test(type)) ? 'prose' : undefined
}

export const strykerPlugins = [
  { kind: 'TestRunner', name: 'files', injectableClass: FileRunner },
  { kind: 'Ignore', name: 'prose', value: { shouldIgnore } }
]
