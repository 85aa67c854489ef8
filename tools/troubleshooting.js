// The parts of docs/troubleshooting.md that follow from the code: `npm run docs:tables` writes them.
import { table } from './markdown-table.js'

/** Shows a code as such, and a text that people see in quotes. */
const shown = symptom => /^[A-Z_]+$/.test(symptom) ? `\`${symptom}\`` : symptom

const linkTo = id => `[${id}](#${id})`

/**
 * The table from what is seen to the checks that name its cause.
 * @param {Record<string, { symptoms: string[] }>} checkRows of lib/diagnosis/checks.ts
 */
export function symptomTable (checkRows) {
  const checks = new Map()
  for (const [id, { symptoms }] of Object.entries(checkRows)) {
    for (const symptom of symptoms) checks.set(symptom, [...checks.get(symptom) ?? [], id])
  }
  const rows = [...checks].filter(([symptom]) => !symptom.startsWith('METABASE_SSO_'))
  return table(['What is seen', 'Checks that name the cause'],
    rows.map(([symptom, ids]) => [symptom, ids.map(linkTo).join(', ')]))
}

/** A part for each check, under a heading whose anchor is its id. */
export const checkParts = checkRows =>
  Object.entries(checkRows).map(([id, { title, symptoms, unseen = [], problems }]) => [
    `### ${id}`,
    `Passes when ${title}.`,
    ...symptoms.length === 0 ? [] : [`Seen as: ${symptoms.map(shown).join(' · ')}`],
    table(['Found', 'What to do'], Object.values(problems).map(({ summary, fix, isWarning }) =>
      [(isWarning ? 'Warning: ' : '') + summary, fix])),
    ...unseen.length === 0 ? [] : ['Other causes:', unseen.map(sentence => `- ${sentence}`).join('\n')]
  ].join('\n\n')).join('\n\n')

/** What to do about an error, and what else where an option of `guest` is wrong. */
export const hintOf = ({ hint, guestHint }) => guestHint === hint ? hint : `${hint} For \`guest\`: ${guestHint}`

/**
 * The table of error codes, an anchor for each.
 * @param {Record<string, object>} rows of lib/errors.ts
 */
export function codeTable (rows, checkRows) {
  const checksOf = code => Object.entries(checkRows)
    .filter(([, { symptoms }]) => symptoms.some(symptom => symptom.split(' ')[0] === code))
    .map(([id]) => linkTo(id))
  return table(['Code', 'What to do', 'Checks'], Object.entries(rows).map(([code, row]) => {
    const anchor = code.toLowerCase()
    return [`<a id="${anchor}"></a>[\`${code}\`](errors.md#${anchor})`, hintOf(row), checksOf(code).join(', ')]
  }))
}
