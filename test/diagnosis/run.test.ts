import { promises as dns } from 'node:dns'
import t from 'tap'
import { checkIds, checkRows, docsOf, type CheckId } from '../../lib/diagnosis/checks.js'
import { diagnose, listChecks } from '../../lib/diagnosis/diagnose.js'
import { faultsOf, setUp } from '../helpers/diagnosis.js'
import { VERSIONS } from '../helpers/exchange.js'
import { SECRET } from '../helpers/host.js'
import { json, ownMetabase, silent } from '../helpers/own-metabase.js'
import { setEnvironment } from '../helpers/proxy.js'
import { until } from '../helpers/until.js'

for (const version of VERSIONS) {
  t.test(`diagnose finds nothing wrong with ${version}, and signs nobody in`, async t => {
    const { metabase, settings } = await setUp(t, version)
    const report = await diagnose(settings)
    t.strictSame(report.checks.filter(({ status }) => status !== 'pass'), [])
    t.match(report, { ok: true, version: new RegExp(`^v1\\.${version.slice(1)}\\.`) })
    t.match(report.notProven, [/cookies/, /sign-in/, /URL was not given/])
    t.strictSame([metabase.logins, metabase.users.size, metabase.sessions.size], [0, 0, 0])
    t.ok(metabase.requests.length <= 20, 'few requests')
  })
}

t.test('diagnose finds no proxy in front of a stand-in that refuses sign-ins', async t => {
  const { metabase, settings } = await setUp(t)
  metabase.fail('sso-disabled')
  t.strictSame(faultsOf(await diagnose(settings)), ['jwt-sso fail'])
})

t.test('diagnose tells each check before it runs, and what it found after', async t => {
  const { settings } = await setUp(t)
  const told: string[] = []
  const { checks } = await diagnose(settings, {
    onStart: id => told.push(`${id}…`),
    onCheck: ({ id, status }) => told.push(`${id} ${status}`)
  })
  t.strictSame(told, checks.flatMap(({ id, status }) => [`${id}…`, `${id} ${status}`]))
  t.strictSame(listChecks(settings), checks.map(({ id }) => id))
})

const secret = [SECRET] as const
const base = { instanceUrl: 'http://127.0.0.1' }
const all = { ...base, secret, guestSecret: secret, appUrl: 'http://127.0.0.1' }
const claims = () => { throw new Error('not asked') }
const groupsOf = (ids: CheckId[]) => [...new Set(ids.map(id => checkRows[id].group))]

t.test('a run has the groups that its settings allow', async t => {
  t.strictSame(groupsOf(listChecks(base)), ['network', 'instance', 'sso', 'secret', 'embedding'])
  t.strictSame(groupsOf(listChecks({ ...base, guestSecret: secret })), ['network', 'instance', 'guest'])
  t.strictSame(listChecks(all, { claims }), checkIds)
})

t.test('a run limited to groups has what these depend on, and none that is left out', async t => {
  t.strictSame(listChecks(all, { only: ['guest'] }),
    ['address', 'connection', 'tls', 'response', 'metabase', 'guest-embedding', 'guest-secret'])
  t.strictSame(listChecks(all, { only: ['guest'], skip: ['network'] }), ['metabase', 'guest-embedding', 'guest-secret'])
  t.strictSame(groupsOf(listChecks(all, { claims, skip: ['app', 'sign-in'] })),
    ['network', 'instance', 'sso', 'secret', 'embedding', 'guest'])
})

t.test('a Metabase that hangs ends the run within its deadline, with the cause first', async t => {
  const own = await ownMetabase(t, { properties: silent })
  const report = await diagnose({ instanceUrl: own.url, secret, timeout: 900 })
  t.strictSame(faultsOf(report), ['response fail'])
  t.match(report.checks.find(({ id }) => id === 'response'), {
    summary: 'Metabase did not answer in time (300 ms)', fix: /^Look at Metabase and the network to it/
  })
  t.ok(report.checks.slice(4).every(({ id, status }) => status === 'skip' || id === 'https'))
  t.equal(report.version, undefined)
  t.strictSame(own.steps, ['properties'], 'one try')
})

t.test('a DNS that does not answer ends the run at its deadline', async t => {
  const { lookup } = dns
  t.teardown(() => Object.assign(dns, { lookup }))
  Object.assign(dns, { lookup: async () => await new Promise(() => {}) })
  const report = await diagnose({ instanceUrl: 'http://metabase.internal', secret, timeout: 100 })
  t.match(report.checks.slice(0, 2), [
    { id: 'address', status: 'fail', summary: 'Metabase did not answer in time (100 ms for all checks)' },
    { id: 'connection', status: 'skip', detail: 'the check address did not pass' }
  ])
  t.match(report.checks.find(({ id }) => id === 'https'), { status: 'skip', detail: 'the run was over' })
  t.equal(report.ok, false)
})

t.test('a signal ends the run: nothing more is asked', async t => {
  const own = await ownMetabase(t, { properties: silent })
  const controller = new AbortController()
  const running = diagnose({ instanceUrl: own.url, secret, timeout: 60_000 }, { signal: controller.signal })
  await until(() => own.steps.length === 1)
  controller.abort()
  const { ok, checks } = await running
  t.equal(ok, false)
  t.ok(checks.slice(4).every(({ status }) => status === 'skip'))
  await until(() => own.open.size === 0)
})

t.test('a run that sends no request leaves no rejection of a wrong proxy URL', async t => {
  setEnvironment(t, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: 'http://[::1', http_proxy: undefined })
  t.equal((await diagnose(base, { only: ['app'] })).ok, true)
  await new Promise(resolve => setImmediate(resolve)) // an unhandled rejection would fail the test here
})

t.test('a run leaves no timer that keeps the process alive', async t => {
  const timers = () => process.getActiveResourcesInfo().filter(name => name === 'Timeout').length
  const before = timers()
  t.equal((await diagnose(base, { only: ['app'] })).ok, true)
  t.equal(timers(), before)
})

t.test('diagnose sends a request once, whatever becomes of its connection', async t => {
  const own = await ownMetabase(t, { properties: response => response.destroy() })
  const { checks } = await diagnose({ instanceUrl: own.url, secret })
  t.strictSame(own.steps, ['properties'])
  t.match(checks.find(({ id }) => id === 'response'), { status: 'fail', summary: /^Metabase cannot be reached/ })
})

t.test('a report shows foreign texts cut, and without control characters', async t => {
  const tag = `v1.61.1\u001b[31m${'x'.repeat(1000)}`
  const own = await ownMetabase(t, { properties: json(200, { version: { tag }, 'site-url': 'http://127.0.0.1' }) })
  const { version = '' } = await diagnose({ instanceUrl: own.url, secret }, { only: ['instance'] })
  t.match(version, /^v1\.61\.1 \[31mx+$/)
  t.equal(version.length, 500)
})

t.test('a Metabase of no release, and one without a version, are no fault', async t => {
  for (const version of [{ tag: 'vLOCAL_DEV' }, {}]) {
    const own = await ownMetabase(t, { properties: json(200, { version, 'site-url': null }) })
    const { checks } = await diagnose({ instanceUrl: own.url, secret }, { only: ['instance'], skip: ['network'] })
    t.strictSame(checks.filter(({ status }) => status === 'fail'), [])
  }
})

t.test('each check comes after those that it depends on, and each fix says what to do', async t => {
  const IMPERATIVES = /^(Add|Check|Copy|Get|Have|Let|Look|Pass|Register|Remove|Return|Serve|Set|Start|Switch|Upgrade|Write) /
  for (const id of checkIds) {
    const { needs, problems } = checkRows[id]
    for (const need of needs) t.ok(checkIds.indexOf(need as CheckId) < checkIds.indexOf(id), `${id} after ${need}`)
    for (const { fix } of Object.values(problems)) t.match(fix, IMPERATIVES, id)
    t.match(docsOf(id), /^https:\S+\/docs\/troubleshooting\.md#[a-z-]+$/)
  }
})
