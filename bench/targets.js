import { ratio } from './statistics.js'

const NAMES = { cpu: 'CPU per request', p99: 'p99 latency', memory: 'memory', exchanges: 'exchanges' }

/**
 * @param {import('./workloads.js').Target} target
 * @param {{ rounds: Record<string, object[]>, memory: Record<string, number> }[]} runs
 * @returns {{ wanted: string, measured: string, verdict: string }} what each run measured, and whether all met it
 */
export function judge ({ figure, against, atMost, exactly }, runs) {
  if (exactly !== undefined) {
    const seen = [...new Set(runs.flatMap(({ rounds }) => rounds.plugin.map(round => round[figure])))]
    return {
      wanted: `${exactly} ${NAMES[figure]}`,
      measured: seen.join(', '),
      verdict: seen.every(value => value === exactly) ? 'met' : 'missed'
    }
  }
  const times = runs.map(({ rounds, memory }) => figure === 'memory'
    ? memory.plugin / memory[against]
    : ratio(rounds.plugin, rounds[against], figure))
  return {
    wanted: `${NAMES[figure]} at most ${atMost} × ${against}`,
    measured: times.map(value => `${value.toFixed(2)} ×`).join(', '),
    verdict: times.every(value => value <= atMost) ? 'met' : 'missed'
  }
}
