import t from 'tap'
import { compare } from '../../bin/compare.js'
import type { RecordedCall } from '../../bin/record.js'

const call = (changes: Partial<RecordedCall> = {}): RecordedCall =>
  ({ request: 'GET /a', status: 200, type: 'application/json', headers: [], body: {}, ...changes })

/** What one answers, what the stand-in answers, and what is said of it. */
const pairs: Record<string, [RecordedCall[], RecordedCall[], string[]]> = {
  'the same': [[call()], [call()], []],
  'a status': [[call({ status: 404 })], [call()], ['GET /a: status is 404, of the stand-in 200']],
  'a type': [[call({ type: '' })], [call()], ['GET /a: type is "", of the stand-in "application/json"']],
  'a header that clients depend on': [
    [call({ headers: ['location', 'server'] })], [call()], ['GET /a: header location is true, of the stand-in false']
  ],
  'fields that only Metabase has': [[call({ body: { a: 1, b: 2 } })], [call({ body: { a: 1 } })], []],
  'a field within a field': [
    [call({ body: { a: { b: 'one' } } })], [call({ body: { a: { b: 'two' } } })],
    ['GET /a: body.a.b is "one", of the stand-in "two"']
  ],
  'a list and an object': [
    [call({ body: { a: [1], b: {} } })], [call({ body: { a: {}, b: [2] } })],
    ['GET /a: body.a is "a list", of the stand-in "an object"', 'GET /a: body.b is "an object", of the stand-in "a list"']
  ],
  'a call of one alone': [
    [call(), call({ request: 'GET /b' })], [call(), call({ request: 'GET /c' })],
    ['GET /b was asked of Metabase alone', 'GET /c was asked of the stand-in alone']
  ],
  'the second of two calls': [
    [call(), call({ status: 500 })], [call(), call()], ['GET /a: status is 500, of the stand-in 200']
  ]
}

for (const [name, [real, standIn, differences]] of Object.entries(pairs)) {
  t.test(`the comparison tells ${name}`, async t => {
    t.strictSame(compare(real, standIn), differences)
  })
}
