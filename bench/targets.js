const NAMES = { cpu: 'CPU per request', perSecond: 'requests per second', p99: 'p99 latency', exchanges: 'exchanges' }

/**
 * @param {import('./workloads.js').Target} target
 * @param {Record<string, object>} figures by contender
 * @param {number} noise as a fraction
 * @returns {{ wanted: string, measured: string, verdict: string }}
 */
export function judge ({ figure, against, atMost, atLeast, exactly }, figures, noise) {
  const own = figures.plugin[figure]
  if (exactly !== undefined) {
    return { wanted: `${exactly} ${NAMES[figure]}`, measured: String(own), verdict: own === exactly ? 'met' : 'missed' }
  }
  const other = figures[against][figure]
  if (atMost !== undefined) {
    return { wanted: `${NAMES[figure]} at most ${atMost} × ${against}`, measured: times(own / other), verdict: verdict(own / other / atMost, noise) }
  }
  // More requests are better; of everything else, less.
  const gain = figure === 'perSecond' ? own / other : other / own
  return { wanted: `${NAMES[figure]} at least ${atLeast} times ${figure === 'perSecond' ? 'more' : 'less'} than ${against}`, measured: times(gain), verdict: verdict(atLeast / gain, noise) }
}

const times = number => `${number.toFixed(2)} ×`

/** @param {number} ratio 1 is the target itself, less is better */
function verdict (ratio, noise) {
  if (ratio <= 1) return 'met'
  const missed = `missed by ${((ratio - 1) * 100).toFixed(0)} %`
  return ratio <= 1 + noise ? `${missed}, within the noise of ${noise * 100} %` : missed
}
