import { ratio } from './statistics.js'

const NAMES = { cpu: 'CPU per request', perSecond: 'requests per second', p99: 'p99 latency', exchanges: 'exchanges' }

/**
 * @param {import('./workloads.js').Target} target
 * @param {Record<string, object[]>} rounds by contender
 * @param {number} noise as a fraction
 * @returns {{ wanted: string, measured: string, verdict: string }}
 */
export function judge ({ figure, against, atMost, atLeast, exactly }, rounds, noise) {
  if (exactly !== undefined) {
    const seen = [...new Set(rounds.plugin.map(round => round[figure]))]
    return {
      wanted: `${exactly} ${NAMES[figure]}`,
      measured: seen.join(', '),
      verdict: seen.every(value => value === exactly) ? 'met' : 'missed'
    }
  }
  const times = ratio(rounds.plugin, rounds[against], figure)
  if (atMost !== undefined) {
    return {
      wanted: `${NAMES[figure]} at most ${atMost} × ${against}`,
      measured: written(times),
      verdict: verdict(times / atMost - 1, noise)
    }
  }
  // More requests are better; of everything else, less.
  const gain = figure === 'perSecond' ? times : 1 / times
  return {
    wanted: `${NAMES[figure]} at least ${atLeast} times ${figure === 'perSecond' ? 'more' : 'less'} than ${against}`,
    measured: written(gain),
    verdict: verdict(1 - gain / atLeast, noise)
  }
}

const written = number => `${number.toFixed(2)} ×`

/** @param {number} short how much of the target is missing, as a fraction; below 0 it is met with something to spare */
function verdict (short, noise) {
  if (short <= 0) return 'met'
  const missed = `missed by ${(short * 100).toFixed(0)} %`
  return short <= noise ? `${missed}, within the noise of ${noise * 100} %` : missed
}
