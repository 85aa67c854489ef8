import fc from 'fast-check'
import t from 'tap'
import { MetabaseSsoError } from '../../index.js'
import { OptionsSchema } from '../../lib/options/schema.js'
import { resolveOptions } from '../../lib/options/resolve.js'
import { fuzz } from '../helpers/fuzz.js'
import { SECRET } from '../helpers/host.js'

const value = fc.oneof(
  fc.anything(),
  fc.constantFrom('', '/', '//', 'https://metabase.example.com', SECRET, true, false, 0, 1, -1, {}, [], () => ({}))
)

t.test('the plugin accepts options or refuses them with a code, and never changes them', async t => {
  let taken = 0
  const options = fc.dictionary(
    fc.oneof(fc.constantFrom(...Object.keys(OptionsSchema.entries)), fc.string()), value, { maxKeys: 4 }
  )
  await fuzz(t, options, 3000, async wild => {
    const options = { secret: SECRET, instanceUrl: 'https://metabase.example.com', ...wild }
    const keys = Object.keys(options)
    try {
      resolveOptions(Object.freeze(options))
      taken++
    } catch (error) {
      if (!(error instanceof MetabaseSsoError)) throw error
    }
    if (Object.keys(options).join() !== keys.join()) throw new Error('the options were changed')
  })
  t.ok(taken > 50, `${taken} of 3000 were taken`)
})
