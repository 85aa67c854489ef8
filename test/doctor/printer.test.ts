import t from 'tap'
import { createPrinter } from '../../bin/printer.js'

t.test('the printer writes no control character of a difference', async t => {
  const written: string[] = []
  const stdout = { write: (text: string) => written.push(text) }
  createPrinter({ env: {}, stdout, stderr: stdout }, false).note('is "\u009B2J\u202Etxt\n"')
  t.strictSame(written, ['is " 2J txt "\n'])
})
