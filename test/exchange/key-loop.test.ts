import { randomBytes } from 'node:crypto'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { SECRET, startHost } from '../helpers/host.js'

const OTHER = SECRET.replaceAll('f', 'e')

t.test('an exchange tries at most ten keys of a function that returns new ones each time', async t => {
  let calls = 0
  const secret = () => { calls++; return randomBytes(32).toString('hex') }
  const host = await startHost(t, { options: { secret } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SECRET_REFUSED', 502])
  t.equal(calls, 10)
  t.equal(host.metabase.logins, 0)
})

t.test('v50, stack traces hidden: the plugin finds the second key, though no word tells', async t => {
  const host = await startHost(t, { metabase: { version: 'v50' }, options: { secret: [OTHER, SECRET] } })
  host.metabase.settings.hideStacktraces = true
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.equal(host.metabase.logins, 1)
})
