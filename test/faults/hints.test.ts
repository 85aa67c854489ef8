import t from 'tap'
import { failureNames } from '../../testing/index.js'
import { asAnn, VERSIONS } from '../helpers/exchange.js'
import { expectedOf } from '../helpers/failure-table.js'
import { startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: for each failure the log, not the browser, tells what to do about it`, async t => {
    const patient = await startHost(t, { metabase: { version } })
    const impatient = await startHost(t, { metabase: { version }, options: { timeout: 300 } })
    for (const name of failureNames) {
      const host = name === 'hang' || name === 'drip' ? impatient : patient
      const signIn = await asAnn(host)
      host.logs.length = 0
      host.metabase.fail(name)
      const { body } = await signIn()
      const [code, status] = expectedOf(name, { version })
      const lines = host.logs.filter(({ err }) => err !== undefined)
      t.equal(lines.length, 1, `${name}: one line`)
      const { err, level, msg } = lines[0] ?? { err: {}, msg: '' }
      t.equal(level, status === 403 ? 30 : 50, `${name}: as information about a user, or an error of the set-up`)
      t.match(err, { code, statusCode: status, hint: /\.$|\?$/ }, name)
      const { hint } = err as { hint: string }
      for (const text of [hint, msg]) t.notOk(body.includes(text), `${name}: not in the answer`)
    }
  })
}
