import t, { type Test } from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import type { DiagnosisReport } from '../../lib/diagnosis/report.js'
import type { MetabaseStandIn } from '../../testing/index.js'
import { faultsOf, setUp } from '../helpers/diagnosis.js'
import { frontProxy, type Passing } from '../helpers/front-proxy.js'
import { ANN } from '../helpers/host.js'

/** Signs a user in through a proxy, and ends the run at the first of these responses. */
async function endedAt (
  t: Test, isDue: (passing: Passing) => boolean
): Promise<{ metabase: MetabaseStandIn, report: DiagnosisReport }> {
  const { metabase, settings } = await setUp(t)
  const controller = new AbortController()
  const instanceUrl = await frontProxy(t, metabase.url, passing => { if (isDue(passing)) controller.abort() })
  metabase.settings.siteUrl = instanceUrl
  const claims = () => createClaimsCheck({})({ email: ANN.email, plan: 'pro' })
  const report = await diagnose({ ...settings, instanceUrl }, { claims, signal: controller.signal })
  return { metabase, report }
}

const moments: Record<string, (passing: Passing) => boolean> = {
  'while Metabase signs the user in': ({ method, status }) => method === 'POST' && status === 200,
  'before the account is read': ({ method, path }) => method === 'GET' && path === '/api/user/current',
  'while the session is ended': ({ method }) => method === 'DELETE'
}
for (const [moment, isDue] of Object.entries(moments)) {
  t.test(`diagnose leaves no session where its time is over ${moment}`, async t => {
    const { metabase, report } = await endedAt(t, isDue)
    t.strictSame([metabase.logins, metabase.sessions.size], [1, 0])
    t.match(report.checks.slice(-3), [
      { id: 'account', status: 'pass', detail: 'account 1, by to_session; its session is ended' },
      { id: 'groups', status: 'skip', detail: 'the run was over' },
      { id: 'attributes', status: 'skip', detail: 'the run was over' }
    ])
    t.strictSame([faultsOf(report), report.ok], [[], false])
  })
}

t.test('diagnose signs no user in where its time is over before', async t => {
  const { metabase, settings } = await setUp(t)
  metabase.settings.release = '64.1' // of which no check needs to know whether there are tenants
  const controller = new AbortController()
  const check = createClaimsCheck({})
  const claims = () => {
    controller.abort()
    return check({ email: ANN.email })
  }
  const report = await diagnose(settings, { claims, signal: controller.signal })
  t.match(report.checks.at(-3), { id: 'account', status: 'skip', detail: 'the run was over' })
  t.strictSame([metabase.logins, report.ok], [0, false])
})
