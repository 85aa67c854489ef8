import { table } from './results.js'
import { ratio, summarize } from './statistics.js'
import { judge } from './targets.js'

/** How far the runs may differ, as a fraction: on a quiet machine they do not. */
const MAX_DIFFERENCE = 0.05

/**
 * A workload's tables, in Markdown.
 * @param {import('./workloads.js').Workload} workload
 * @param {Awaited<ReturnType<import('./measure.js').measure>>[]} runs
 */
export function report ({ heading, contenders, targets }, runs) {
  const floor = contenders[1]
  const withExchanges = targets.some(({ figure }) => figure === 'exchanges')
  const rows = contenders.map(contender => {
    const ofContender = runs.filter(({ rounds }) => contender in rounds)
    const { cpu, spread, user, system, perSecond, p99, exchanges } = summarize(
      ofContender.flatMap(({ rounds }) => rounds[contender])
    )
    const times = summarize(ofContender.map(({ rounds }) => ({ cpu: ratio(rounds[contender], rounds[floor], 'cpu') })))
    return [
      contender,
      `${cpu.toFixed(1)} ± ${(spread * 100).toFixed(0)} %`,
      user.toFixed(1),
      system.toFixed(1),
      contender === floor ? '' : `${times.cpu.toFixed(2)} ×`,
      perSecond.toFixed(0),
      p99.toFixed(0),
      ofContender.map(({ memory }) => memory[contender].toFixed(0)).join(', '),
      ...withExchanges ? [exchanges] : []
    ]
  })
  const headings = [
    'Contender',
    'CPU µs/request',
    'own',
    "the kernel's",
    `times ${floor}`,
    'requests/s',
    'p99 ms',
    'RSS MiB',
    ...withExchanges ? ['exchanges'] : []
  ]
  const difference = differenceOf(runs.map(({ rounds }) => ratio(rounds.plugin, rounds[floor], 'cpu')))
  return [
    `## ${heading}`,
    table(headings, rows),
    ...difference > MAX_DIFFERENCE
      ? [`**The machine was not quiet: the runs differ by ${(difference * 100).toFixed(0)} %. Measure again.**`]
      : [],
    table(['Target', 'Each run', 'Verdict'], targets.map(target => Object.values(judge(target, runs))))
  ].join('\n\n')
}

const differenceOf = values => Math.max(...values) / Math.min(...values) - 1
