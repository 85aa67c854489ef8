/** The figures that stand for a contender's rounds: their medians, and how far the CPU time strayed from it. */
export function summarize (rounds) {
  const figures = Object.fromEntries(Object.keys(rounds[0]).map(figure => [figure, median(rounds.map(round => round[figure]))]))
  const cpu = rounds.map(round => round.cpu)
  return { ...figures, spread: (Math.max(...cpu) - Math.min(...cpu)) / 2 / figures.cpu }
}

function median (values) {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}
