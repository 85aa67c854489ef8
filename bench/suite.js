import { heading } from './heading.js'
import { measure } from './measure.js'
import { report } from './report.js'
import { writePart } from './results.js'
import { workloads } from './workloads.js'

/**
 * Measures the workloads whose names hold the text, and prints a table for each. The results of all go into results.md.
 * @param {{ text?: string, quick?: boolean }} options
 */
export async function runSuite ({ text = '', quick }) {
  const chosen = workloads.filter(({ name }) => name.includes(text))
  if (chosen.length === 0) {
    throw new Error(
    `There is no such workload. There are ${workloads.map(({ name }) => name).join(', ')}.`
    )
  }
  const parts = [await heading(quick)]
  console.log(parts[0])
  for (const workload of chosen) {
    parts.push(report(workload, await measure(workload, { quick })))
    console.log(`\n${parts.at(-1)}`)
  }
  if (chosen.length === workloads.length && !quick) await writePart(parts.join('\n\n'))
}
