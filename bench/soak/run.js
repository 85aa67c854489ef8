import { title } from '../heading.js'
import { table, writePart } from '../results.js'
import { hung } from './hung.js'
import { lasting } from './lasting.js'
import { logouts } from './logouts.js'
import { restart } from './restart.js'

/** @returns {Promise<boolean>} whether all is as it should be */
export async function runSoak (quick) {
  const parts = [
    `# What ${await title()} leaves behind`,
    quick ? 'A quick run: its figures mean nothing.' : new Date().toISOString().slice(0, 10)
  ]
  console.log(parts.join('\n\n'))
  let good = true
  for (const measure of [hung, restart, logouts, lasting]) {
    const { heading, columns, rows, checks } = await measure(quick)
    good &&= checks.every(([,, holds]) => holds)
    parts.push([
      `## ${heading}`,
      table(columns, rows),
      table(['Should be', 'Was', 'Verdict'], checks.map(([wanted, was, holds]) =>
        [wanted, was, holds ? 'met' : 'missed']))
    ].join('\n\n'))
    console.log(`\n${parts.at(-1)}`)
  }
  if (!quick) await writePart(parts.join('\n\n'))
  return good
}
