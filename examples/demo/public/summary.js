/** One sentence on the three results, for the eye and for screen readers. */
export function summary (results) {
  const failed = results.filter(({ failure, problem }) => failure ?? problem)
  if (failed.length === 0) return `All three answers are in: Metabase sees ${results[0].user.name}.`
  if (failed.length === results.length) return 'None of the three got you in.'
  const titles = failed.map(({ title }) => title[0].toLowerCase() + title.slice(1))
  return `You did not get in by ${new Intl.ListFormat('en', { type: 'disjunction' }).format(titles)}.`
}
