import { table } from './results.js'
import { ratio, summarize } from './statistics.js'
import { judge } from './targets.js'

/** Medians bear some rounds that stray, but not all. */
const TOO_NOISY = 2

/**
 * A workload's tables, in Markdown.
 * @param {import('./workloads.js').Workload} workload
 * @param {Awaited<ReturnType<import('./measure.js').measure>>} measured
 */
export function report ({ heading, contenders, noise, targets }, { rounds, memory }) {
  const floor = contenders[1]
  const figures = Object.fromEntries(contenders.map(contender => [contender, summarize(rounds[contender])]))
  const withExchanges = targets.some(({ figure }) => figure === 'exchanges')
  const rows = contenders.map(contender => {
    const { cpu, spread, perSecond, p99, exchanges } = figures[contender]
    const over = (ratio(rounds[contender], rounds[floor], 'cpu') - 1) * figures[floor].cpu
    return [
      contender,
      `${cpu.toFixed(1)} ± ${(spread * 100).toFixed(0)} %`,
      contender === floor ? '' : `${over > 0 ? '+' : ''}${over.toFixed(1)}`,
      perSecond.toFixed(0),
      p99.toFixed(0),
      memory[contender].toFixed(0),
      ...withExchanges ? [exchanges] : []
    ]
  })
  const headings = [
    'Contender',
    'CPU µs/request',
    `over ${floor}`,
    'requests/s',
    'p99 ms',
    'RSS MiB',
    ...withExchanges ? ['exchanges'] : []
  ]
  const noisy = contenders.filter(contender => figures[contender].spread > noise * TOO_NOISY)
  const verdicts = targets.map(target => Object.values(judge(target, rounds, noise)))
  return [
    `## ${heading}`,
    table(headings, rows),
    ...noisy.length > 0
      ? [
      `**Too noisy to judge: ${noisy.join(', ')}. Measure again on a machine that does nothing else.**`
        ]
      : [],
    ...verdicts.length > 0 ? [table(['Target', 'Measured', 'Verdict'], verdicts)] : []
  ].join('\n\n')
}
