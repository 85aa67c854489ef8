import { setTimeout as later } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import t from 'tap'
import { createClaimsCheck } from '../../lib/claims.js'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { faultsOf, setUp } from '../helpers/diagnosis.js'
import { deploy } from '../helpers/faults/app.js'
import { frontProxy } from '../helpers/front-proxy.js'
import { ANN } from '../helpers/host.js'

/** Milliseconds of a run, of which each request has a third. */
const TIMEOUT = 3000

/** Makes a proxy's function that lets some responses pass, and none after. */
function hangingAfter (count: number): () => Promise<void> {
  let requests = 0
  return async () => {
    if (requests++ >= count) await later(60_000, undefined, { ref: false })
  }
}

t.test('a Metabase that hangs from any request on ends the run without a sign-in', async t => {
  const { metabase, settings } = await setUp(t)
  const { checks } = await diagnose(settings)
  t.strictSame(checks.filter(({ status }) => status !== 'pass'), [])
  const count = metabase.requests.length
  t.ok(count > 10)
  const runs = Array.from({ length: count }, async (_, answered) => {
    const instanceUrl = await frontProxy(t, metabase.url, hangingAfter(answered))
    return await diagnose({ ...settings, instanceUrl, publicUrl: metabase.url, timeout: TIMEOUT })
  })
  for (const { ok, checks } of await Promise.all(runs)) {
    t.equal(ok, false)
    const faults = checks.filter(({ status }) => status === 'fail')
    t.ok(faults.length > 0)
    for (const { id, summary } of faults) {
      if (id === 'connection') continue // a slow machine may not come to it in time
      t.match(summary, /^Metabase did not answer in time \(\d+ ms( for all checks)?\)$/)
    }
  }
  t.strictSame([metabase.logins, metabase.users.size, metabase.sessions.size], [0, 0, 0])
})

t.test('an app that hangs from any request on ends the run, told from Metabase', async t => {
  const { settings } = await deploy(t)
  const { origin, pathname } = new URL(String(settings.appUrl))
  const runs = Array.from({ length: 4 }, async (_, answered) => {
    const appUrl = await frontProxy(t, origin, hangingAfter(answered)) + pathname
    return await diagnose({ ...settings, appUrl, timeout: TIMEOUT }, { only: ['app'] })
  })
  for (const { ok, checks } of await Promise.all(runs)) {
    t.equal(ok, false)
    for (const { summary, detail } of checks.filter(({ group, status }) => group === 'app' && status === 'fail')) {
      t.equal(summary, 'the app cannot be reached')
      t.match(detail, /^(no answer within 1000 ms|the run was over)$/)
    }
  }
})

t.test('a sign-in that hangs comes to its end where memory is freed meanwhile', async t => {
  const { metabase, settings } = await setUp(t)
  setFlagsFromString('--expose-gc')
  const freeMemory: () => void = runInNewContext('gc')
  setFlagsFromString('--no-expose-gc')
  const instanceUrl = await frontProxy(t, metabase.url, async ({ method, path }) => {
    if (method !== 'GET' || path !== '/api/user/current') return
    freeMemory()
    await new Promise(() => {})
  })
  const claims = () => createClaimsCheck({})({ email: ANN.email })
  const request = { claims, only: ['sign-in'], skip: ['instance', 'sso', 'secret'] } as const
  const report = await diagnose({ ...settings, instanceUrl, timeout: TIMEOUT }, request)
  t.strictSame(faultsOf(report), ['account fail'])
  t.match(report.checks.find(({ id }) => id === 'account'), { summary: 'Metabase does not say what it made of the user' })
  t.strictSame([metabase.logins, metabase.sessions.size], [1, 0])
})
