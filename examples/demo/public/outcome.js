/**
 * How it went, in a word and a tone. The status alone does not tell: a redirect is a 302 whatever Metabase makes of it,
 * and a 401 is what a visitor should get.
 */
export function outcomeOf ({ status, failure, problem, note, success }) {
  if (status === 401) return { word: 'Not signed in', tone: 'quiet' }
  if (failure ?? problem) return { word: 'Failed', tone: 'bad' }
  if (note) return { word: 'See the frame', tone: 'quiet' }
  return { word: success, tone: 'good' }
}

/** Whether an answer failed, or the stand-in is switched wrong: then it is worth asking what is the matter. */
export const isWrong = (results, positions = {}) =>
  results.some(result => outcomeOf(result).tone === 'bad') || Object.values(positions).includes(true)

/** One sentence on all results, for the eye and for screen readers. */
export function summaryOf (results) {
  if (results.every(
    ({ status }) => status === 401
  )) return 'You are not signed in to the app: it answers 401, and does not ask Metabase.'
  const failed = results.filter(result => outcomeOf(result).tone === 'bad')
  if (failed.length === 0) return 'All answers are in, and Metabase takes each of them.'
  const titles = failed.map(({ title }) => title[0].toLowerCase() + title.slice(1))
  return `Metabase does not let you in by ${new Intl.ListFormat('en', { type: 'disjunction' }).format(titles)}.`
}
