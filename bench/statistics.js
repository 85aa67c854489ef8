/**
 * The figures that stand for a contender's rounds: their medians, and how far the middle half of the CPU times is
 * spread.
 */
export function summarize (rounds) {
  const figures = Object.fromEntries(Object.keys(rounds[0]).map(figure =>
    [figure, median(rounds.map(round => round[figure]))]))
  const cpu = rounds.map(round => round.cpu)
  return { ...figures, spread: (quantile(cpu, 0.75) - quantile(cpu, 0.25)) / 2 / figures.cpu }
}

/**
 * How many times the other's figure: of each round, and then the median, so that a slow minute of the machine counts on
 * both sides.
 */
export const ratio = (own, other, figure) => median(own.map((round, index) => round[figure] / other[index][figure]))

const median = values => quantile(values, 0.5)

function quantile (values, fraction) {
  const sorted = values.toSorted((a, b) => a - b)
  const place = (sorted.length - 1) * fraction
  const [below, above] = [sorted[Math.floor(place)], sorted[Math.ceil(place)]]
  return below + (above - below) * (place % 1)
}
