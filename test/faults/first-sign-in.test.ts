import t from 'tap'
import { failureNames } from '../../testing/index.js'
import { VERSIONS, lightHost, outcome } from '../helpers/exchange.js'
import { checkFailure } from '../helpers/failure-table.js'
import { standIn } from '../helpers/host.js'

const names = failureNames.filter(name => name !== 'hang' && name !== 'drip') // in no-answer.test.ts

for (const on of ['all', 'jwt'] as const) {
  for (const version of VERSIONS) {
    t.test(`${version}: the first sign-in meets each failure (on ${on}); the next succeeds`, async t => {
      const metabase = await standIn(t, { version })
      for (const name of names) {
        const app = await lightHost(t, metabase) // a new one, which knows nothing of the version
        metabase.fail(name, { on })
        checkFailure(t, name, await app.inject('/sso/metabase'), { version })
        metabase.fail(null)
        t.strictSame(outcome(await app.inject('/sso/metabase')), ['ok', 200], `after ${name}`)
      }
      t.equal(metabase.logins, names.length, 'failures have logged nobody in')
    })
  }
}
