import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import t from 'tap'
import { MetabaseSsoError } from '../../index.js'
import { readOrigins } from '../../lib/options/origin.js'
import { fuzz } from '../helpers/fuzz.js'

const piece = fc.constantFrom(
  'app', 'example', 'com', 'localhost', 'a', '\\.', '.', '.*', '.+', '[.]', '[a-z]+', '[^.]+', '[\\w.-]*', '\\w', '\\d+', ':', '\\/', '\\/\\/',
  '(', '(?:', '(?=', '(?!', '(?<=', '|', ')', ')?', ')*', ')+', '){0,2}', '?', '*', '+', '{2}', '$', '^', '\\b', '\\x2e', '\\u002e')
const source = fc.tuple(fc.constantFrom('', '^', '^https:\\/\\/'), fc.array(piece, { maxLength: 9 }),
  fc.constantFrom('', '$', '\\.com$', 'example\\.com$', '\\.example\\.com$', '\\.example\\.com(:\\d+)?$', 'localhost$'))
  .map(([beginning, pieces, end]) => beginning + pieces.join('') + end)

/** Hosts of strangers. Each has a label that no piece spells out. */
const strangers = [
  'evil.io', 'evil', 'evil.com', 'www.evil.com', 'example.evil', 'evilexample.com', 'evil-example.com', 'evil1.com', 'example.comevil', 'localhost.evil.io',
  'app.example.com.evil.io', 'example.com.evil.com', 'evil.io.localhostx', 'com.evil', 'comx', 'a.comb', 'app-example.com', 'appxexample.com', 'app1example.com',
  'example2.com', 'example.co', '8.8.8.8', 'xlocalhost', 'a.evil', 'a.b', 'example.com-evil.io', 'localhost-evil.io', 'appexample.cox', 'comcom.evil.example'
].flatMap(host => [`https://${host}`, `http://${host}`, `https://${host}:8443`])

/** Returns a text that the pattern matches; none when it is a pattern that takes for ever, as `(.*)*` does. */
function findIn (texts: readonly string[], pattern: RegExp): string | undefined {
  const find = () => texts.find(text => pattern.test(text))
  try {
    return runInNewContext('find()', { find }, { timeout: 100 })
  } catch {
    return undefined
  }
}

/** Texts of the length of an origin by which patterns lose their way. */
const mazes = ['a', '-', 'a.', 'a-', '1', 'example.', 'com.'].map(part => `https://${part.repeat(300)}`.slice(0, 299) + '!')

function isSlow (pattern: RegExp): boolean {
  const find = () => mazes.some(text => pattern.test(text))
  try {
    runInNewContext('find()', { find }, { timeout: 2000 })
    return false
  } catch {
    return true
  }
}

t.test('whatever a pattern is made of, it is refused or lets no page of a stranger in', async t => {
  let taken = 0
  await fuzz(t, source, 3000, async source => {
    let pattern: RegExp
    try {
      pattern = new RegExp(source)
    } catch { // such as a group without an end
      return
    }
    try {
      readOrigins(pattern)
    } catch (error) {
      if (error instanceof MetabaseSsoError) return
      throw error
    }
    taken++
    if (isSlow(pattern)) throw new Error(`${source} takes long`)
    const stranger = findIn(strangers, pattern)
    if (stranger !== undefined) throw new Error(`${source} lets ${stranger} in`)
  })
  t.ok(taken > 50, `${taken} of 3000 were taken`)
})
