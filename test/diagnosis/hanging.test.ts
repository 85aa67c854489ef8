import { setTimeout as later } from 'node:timers/promises'
import t from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { setUp } from '../helpers/diagnosis.js'
import { frontProxy } from '../helpers/front-proxy.js'

/** Milliseconds of a run, of which each request has a third. */
const TIMEOUT = 3000

t.test('a Metabase that hangs from any request on ends the run, and nobody is signed in', async t => {
  const { metabase, settings } = await setUp(t)
  const { checks } = await diagnose(settings)
  t.strictSame(checks.filter(({ status }) => status !== 'pass'), [])
  const count = metabase.requests.length
  t.ok(count > 10)
  const runs = Array.from({ length: count }, async (_, answered) => {
    let requests = 0
    const instanceUrl = await frontProxy(t, metabase.url, async () => {
      if (requests++ >= answered) await later(60_000, undefined, { ref: false })
    })
    return await diagnose({ ...settings, instanceUrl, publicUrl: metabase.url, timeout: TIMEOUT })
  })
  for (const { ok, checks } of await Promise.all(runs)) {
    t.equal(ok, false)
    const faults = checks.filter(({ status }) => status === 'fail')
    t.ok(faults.length > 0)
    for (const { summary } of faults) t.match(summary, /^Metabase did not answer in time \(\d+ ms( for all checks)?\)$/)
  }
  t.strictSame([metabase.logins, metabase.users.size, metabase.sessions.size], [0, 0, 0])
})
