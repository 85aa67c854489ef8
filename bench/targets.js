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
    return { wanted: `${NAMES[figure]} at most ${atMost} × ${against}`, measured: times(own / other), verdict: verdict(own / other / atMost - 1, noise) }
  }
  // More requests are better; of everything else, less.
  const gain = figure === 'perSecond' ? own / other : other / own
  return { wanted: `${NAMES[figure]} at least ${atLeast} times ${figure === 'perSecond' ? 'more' : 'less'} than ${against}`, measured: times(gain), verdict: verdict(1 - gain / atLeast, noise) }
}

const times = number => `${number.toFixed(2)} ×`

/** @param {number} short how much of the target is missing, as a fraction; below 0 it is met with something to spare */
function verdict (short, noise) {
  if (short <= 0) return 'met'
  const missed = `missed by ${(short * 100).toFixed(0)} %`
  return short <= noise ? `${missed}, within the noise of ${noise * 100} %` : missed
}
