import { inspect, styleText } from 'node:util'
import { Parser } from 'tap-parser'

const style = (format, text) => process.stdout.isTTY && !process.env.NO_COLOR ? styleText(format, text) : text
const indent = (text, by = '    ') => text.trimEnd().replace(/^(?=.)/gm, by)

/**
 * Reads the TAP of one test file: prints failures and what the test itself prints, and counts the rest.
 * @param {import('node:stream').Readable} stream stdout of the test
 * @param {{ pass: number, fail: number, skip: number, todo: number }} counts to add to
 * @returns {Promise<boolean>} whether the TAP is complete and no test failed
 */
export function report (stream, counts) {
  return new Promise(resolve => {
    const parser = new Parser(({ ok, count }) => resolve(ok && count > 0))
    for (const kind of Object.keys(counts)) parser.on(kind, () => counts[kind]++)
    parser.on('fail', assertion => console.log(failure(assertion)))
    printExtras(parser)
    stream.pipe(parser)
  })
}

/** Prints the lines that are no TAP: what a test says with console.log. */
function printExtras (parser) {
  parser.on('extra', line => process.stdout.write(line))
  parser.on('child', printExtras)
}

/** Describes a failed assertion: where, the source, expected and actual, the stack. */
function failure ({ fullname, diag }) {
  return `${style('red', 'FAIL')} ${style('bold', fullname)}\n${indent(details(diag ?? {}))}\n`
}

function details ({ at, source, diff, stack, cause, message, generated, compare, tapCaught, ...others }) {
  const place = at && `${at.fileName}:${at.lineNumber}:${at.columnNumber}`
  return [
    place && style('cyan', place),
    source && unindent(source),
    diff && colored(diff),
    Object.keys(others).length > 0 && inspect(others, { depth: 6 }),
    stack && style('dim', callers(stack, place)),
    cause && `cause: ${typeof cause === 'object' ? `${cause.message}\n${indent(details(cause))}` : cause}`
  ].filter(Boolean).join('\n')
}

/** Removes the empty lines around a piece of source. */
const unindent = source => source.replace(/^\s*\n/, '').trimEnd()

const colored = diff => diff.trimEnd().replace(/^[-+].*$/gm, line =>
  style(line.startsWith('-') ? 'red' : 'green', line))

/**
 * Keeps of a stack what is not said yet, and of each line the place in the .ts file: tap names the transpiled one
 * too.
 */
function callers (stack, place) {
  const lines = stack.trim().split(/\n\s*/).map(line => line.replace(/\(?\.build[\\/]\S+:\d+:\d+\)? (?=\()/, ''))
  return lines.filter(line => !place || !line.includes(place)).join('\n')
}

/** Sums up in one line. */
export function summary ({ pass, fail, skip, todo }, codes, seconds) {
  const failedFiles = codes.filter(code => code !== 0).length
  const counts = [
    `${pass} passed`, fail && `${fail} failed`, skip && `${skip} skipped`, todo && `${todo} to do`
  ].filter(Boolean)
  const files = `${codes.length} ${codes.length === 1 ? 'file' : 'files'}${failedFiles > 0
    ? `, ${failedFiles} failed`
    : ''}`
  return style(failedFiles > 0 ? 'red' : 'green', `${counts.join(', ')} (${files}, ${seconds.toFixed(1)} s)`)
}
