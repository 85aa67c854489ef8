import fc from 'fast-check'
import t from 'tap'
import { MetabaseSsoError } from '../../index.js'
import { checkParams } from '../../lib/guest/params.js'

t.test('what Metabase takes is taken, and copied', async t => {
  const values = ['north']
  const params = {
    region: values,
    seller: 'ann',
    year: 2024,
    isOpen: true,
    between: [10, null],
    from: [null, 5],
    off: [],
    text: ' north '
  }
  const checked = checkParams(params)
  values.push('south')
  t.same(checked, { ...params, region: ['north'] })
  t.same(checkParams({}), {})
  t.same(checkParams(Object.assign(Object.create(null), { a: 1 })), { a: 1 })
})

const refused: Record<string, unknown> = {
  'a nested object': { is: 'north' },
  'a function': () => 'north',
  NaN: Number.NaN,
  infinity: Infinity,
  null: null,
  'undefined, which JSON would drop, so that the visitor could choose': undefined,
  'an empty string, which is no value to Metabase': '',
  'white space alone': ' \t\n',
  'white space of another script': '\u3000\u00a0',
  'a Date': new Date(0),
  'a bigint': 1n,
  'a symbol': Symbol('north'),
  'an array in an array': [['north']],
  'an object in an array': [{}],
  'NaN in an array': [Number.NaN],
  'undefined in an array': [undefined],
  'an array with a hole': new Array(1),
  'an array of null alone': [null],
  'an array of two nulls': [null, null],
  'an array of an empty string': [''],
  'an array of white space': [' '],
  'an array with an empty string in it': ['north', ''],
  'an array of null and white space': [null, ' ']
}

for (const [name, value] of Object.entries(refused)) {
  t.test(`${name} is refused by the name of the param`, async t => {
    const expected = { code: 'METABASE_SSO_GUEST_PARAMS_INVALID', message: /"region"/ }
    t.throws(() => checkParams({ good: 1, region: value }), expected)
  })
}

t.test('params that are no plain object are refused', async t => {
  for (const params of [null, true, 'region', [], new Map(), () => {}]) {
    t.throws(() => checkParams(params), { code: 'METABASE_SSO_GUEST_PARAMS_INVALID' })
  }
})

t.test('the plugin refuses params with a code, or passes them on whole', async t => {
  fc.assert(fc.property(fc.dictionary(fc.string(), fc.anything()), params => {
    try {
      const checked = checkParams(params)
      const text = JSON.stringify(checked)
      const sent = JSON.parse(text)
      return JSON.stringify(sent) === text && Object.keys(sent).length === Object.keys(params).length
    } catch (error) {
      return error instanceof MetabaseSsoError
    }
  }), { numRuns: 2000 })
  t.pass('2000 cases')
})
