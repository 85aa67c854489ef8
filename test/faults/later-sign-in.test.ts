import t from 'tap'
import { failureNames } from '../../testing/index.js'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { checkFailure } from '../helpers/failure-table.js'
import { startHost } from '../helpers/host.js'

const names = failureNames.filter(name => name !== 'hang' && name !== 'drip') // in no-answer.test.ts

for (const version of VERSIONS) {
  t.test(`${version}: an app that has signed users in meets each failure, and serves on`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const signIn = await asAnn(host)
    await signIn()
    for (const name of names) {
      host.metabase.fail(name)
      checkFailure(t, name, await signIn(), { version })
      host.metabase.fail(null)
      t.strictSame(outcome(await signIn()), ['ok', 200], `after ${name}`)
    }
    t.equal(host.metabase.logins, names.length + 1, 'failures have signed no user in')
  })
}
