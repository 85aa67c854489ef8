import { styleText } from 'node:util'
import type { CheckId } from '../lib/diagnosis/checks.js'
import { printable } from '../lib/diagnosis/diagnose.js'
import type { DiagnosisCheck, DiagnosisReport } from '../lib/diagnosis/report.js'
import type { Surroundings } from './run.js'

/** Prints a run of checks while it goes on. */
interface Printer {
  begin: (count: number, instanceUrl: string) => void
  start: (id: CheckId) => void
  check: (check: DiagnosisCheck) => void
  /** Prints what may hold texts of another server. Those in a report are printable already. */
  note: (text: string) => void
  end: (report: DiagnosisReport) => void
}

const LABELS = { pass: ['green', 'pass'], warn: ['yellow', 'warn'], fail: ['red', 'FAIL'], skip: ['gray', 'skip'] } as const

/** Goes to the start of the line and clears it. */
const CLEAR = '\r\u001B[2K'

/**
 * Prints one line a check, and below it what to do. Colours and progress are for terminals.
 * @param isJson whether stdout is for the report alone
 */
export function createPrinter ({ env, stdout, stderr }: Surroundings, isJson: boolean): Printer {
  const out = isJson ? stderr : stdout
  const isTerminal = out.isTTY === true
  const hasColours = isTerminal && env.NO_COLOR === undefined
  const line = (text: string): unknown => isJson && !isTerminal ? undefined : out.write(`${text}\n`)
  const colour = (name: Parameters<typeof styleText>[0], text: string): string =>
    hasColours ? styleText(name, text, { validateStream: false }) : text
  const wait = (text: string): unknown => isTerminal && out.write(CLEAR + colour('gray', text))

  return {
    begin: (count, instanceUrl) => line(`${count} checks of ${instanceUrl}`),
    start: id => wait(`…    ${id}`),
    check ({ id, status, summary, detail, fix, docs }) {
      wait('')
      if (isJson) return
      const [name, label] = LABELS[status]
      line(`${colour(name, label)} ${id}: ${summary}${detail === undefined ? '' : colour('gray', ` (${detail})`)}`)
      if (fix !== undefined) line(`     ${fix}\n     ${colour('gray', docs)}`)
    },
    note: text => line(printable(text)),
    end ({ ok, checks, notProven, version }) {
      const count = (wanted: DiagnosisCheck['status']): number => checks.filter(({ status }) => status === wanted).length
      line(`\n${count('pass')} passed, ${count('warn')} warned, ${count('fail')} failed, ${count('skip')} skipped` +
        `${version === undefined ? '' : `; Metabase ${version}`}`)
      if (!ok && count('fail') === 0) line('The time was over before all checks had run: raise --timeout.')
      if (notProven.length > 0) line(`Not proven:\n${notProven.map(sentence => `- ${sentence}`).join('\n')}`)
    }
  }
}
