import { judge } from './targets.js'

/** A median of five rounds bears some that stray, but not all. */
const TOO_NOISY = 2

/**
 * A workload's tables, in Markdown.
 * @param {import('./workloads.js').Workload} workload
 * @param {Record<string, object>} figures by contender
 */
export function report ({ heading, contenders: [plugin, floor, ...others], noise, targets }, figures) {
  const contenders = [plugin, floor, ...others]
  const withExchanges = targets.some(({ figure }) => figure === 'exchanges')
  const rows = contenders.map(contender => {
    const { cpu, spread, perSecond, p99, rss, exchanges } = figures[contender]
    const over = cpu - figures[floor].cpu
    return [
      contender,
      `${cpu.toFixed(1)} ± ${(spread * 100).toFixed(0)} %`,
      contender === floor ? '' : `${over > 0 ? '+' : ''}${over.toFixed(1)}`,
      perSecond.toFixed(0),
      p99.toFixed(0),
      rss.toFixed(0),
      ...withExchanges ? [exchanges] : []
    ]
  })
  const headings = ['Contender', 'CPU µs/request', `over ${floor}`, 'requests/s', 'p99 ms', 'RSS MiB', ...withExchanges ? ['exchanges'] : []]
  const noisy = contenders.filter(contender => figures[contender].spread > noise * TOO_NOISY)
  const verdicts = targets.map(target => Object.values(judge(target, figures, noise)))
  return [
    `## ${heading}`,
    table(headings, rows),
    ...noisy.length > 0 ? [`**Too noisy to judge: ${noisy.join(', ')}. Measure again on a machine that does nothing else.**`] : [],
    ...verdicts.length > 0 ? [table(['Target', 'Measured', 'Verdict'], verdicts)] : []
  ].join('\n\n')
}

function table (headings, rows) {
  const all = [headings, ...rows].map(row => row.map(String))
  const widths = headings.map((_, column) => Math.max(...all.map(row => row[column].length)))
  const lines = all.map(row => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`)
  return [lines[0], `| ${widths.map(width => '-'.repeat(width)).join(' | ')} |`, ...lines.slice(1)].join('\n')
}
