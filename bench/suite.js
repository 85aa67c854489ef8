import { measureCold, reportCold } from './cold.js'
import { heading, profileHeading } from './heading.js'
import { measure, RUNS } from './measure.js'
import { profile, reportProfile } from './profile.js'
import { report } from './report.js'
import { writePart } from './results.js'
import { workloads } from './workloads.js'

const COLD = 'cold'

/**
 * Measures the workloads whose names hold the text, and prints a table for each. The results of all go into results.md.
 * @param {{ text?: string, quick?: boolean }} options
 */
export async function runSuite ({ text = '', quick }) {
  const names = [...workloads.map(({ name }) => name), COLD]
  if (!names.some(name => name.includes(text))) {
    throw new Error(`There is no such workload. There are ${names.join(', ')}.`)
  }
  const parts = [await heading(quick)]
  console.log(parts[0])
  for (const workload of workloads.filter(({ name }) => name.includes(text))) {
    parts.push(report(workload, await measureRuns(workload, quick)))
    console.log(`\n${parts.at(-1)}`)
  }
  if (COLD.includes(text)) {
    parts.push(reportCold(await measureCold(quick)))
    console.log(`\n${parts.at(-1)}`)
  }
  if (text === '' && !quick) await writePart(parts.join('\n\n'))
}

/** Profiles the workloads that have a target of CPU time. The results go into results.md. */
export async function runProfiles ({ quick }) {
  const parts = [await profileHeading()]
  console.log(parts[0])
  for (const workload of workloads.filter(({ targets }) => targets.some(({ figure }) => figure === 'cpu'))) {
    parts.push(reportProfile(workload, await profile(workload, { quick })))
    console.log(`\n${parts.at(-1)}`)
  }
  if (!quick) await writePart(parts.join('\n\n'))
}

/** The samples are there for information: one run of them is enough. */
async function measureRuns (workload, quick) {
  const runs = [await measure(workload, { quick })]
  const contenders = workload.contenders.filter(name => !name.startsWith('sample'))
  while (runs.length < (quick ? 1 : RUNS)) runs.push(await measure({ ...workload, contenders }))
  return runs
}
