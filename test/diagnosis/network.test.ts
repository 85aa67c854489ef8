import { promises as dns } from 'node:dns'
import t, { type Test } from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { checkFault, faultsOf, setUp } from '../helpers/diagnosis.js'

/** The addresses of every host name, until the test ends. */
function resolveTo (t: Test, ...addresses: string[]): void {
  const { lookup } = dns
  t.teardown(() => Object.assign(dns, { lookup }))
  Object.assign(dns, { lookup: async () => addresses.map(address => ({ address, family: 4 })) })
}

t.test('diagnose names an address of the host that does not answer', async t => {
  const setup = await setUp(t)
  resolveTo(t, '127.0.0.1')
  await checkFault(t, {
    check: 'connection',
    problem: 'partly',
    seed: (_setup, t) => resolveTo(t, '127.0.0.1', '127.0.0.2'),
    mend: (_setup, t) => resolveTo(t, '127.0.0.1')
  }, setup, { only: ['network'] })
})

t.test('diagnose does not mind that localhost listens on one of its two addresses', async t => {
  const { metabase, settings } = await setUp(t)
  resolveTo(t, '127.0.0.1', '127.0.0.2')
  const instanceUrl = metabase.url.replace('127.0.0.1', 'localhost')
  t.strictSame(faultsOf(await diagnose({ ...settings, instanceUrl }, { only: ['network'] })), [])
})

t.test('diagnose names a proxy of the environment, which the plugin does not use', async t => {
  const setup = await setUp(t)
  const { url } = setup.metabase
  t.teardown(() => { delete process.env.HTTPS_PROXY })
  await checkFault(t, {
    check: 'connection',
    problem: 'proxied',
    seed ({ settings }) {
      process.env.HTTPS_PROXY = 'http://127.0.0.1:8'
      settings.instanceUrl = 'http://127.0.0.1:9'
    },
    mend: ({ settings }) => { settings.instanceUrl = url }
  }, setup)
})

t.test('diagnose tells that an address does not answer within the time of a request', async t => {
  const { settings } = await setUp(t)
  // Of the block for documentation (RFC 5737): packets to it are dropped, or refused at once.
  const report = await diagnose({ ...settings, instanceUrl: 'http://192.0.2.1', timeout: 300 }, { skip: ['instance'] })
  t.match(faultsOf(report), ['connection fail'])
  t.ok(report.checks.slice(2).every(({ status }) => status === 'skip'))
})

t.test('diagnose knows the ports of http and https', async t => {
  const { settings } = await setUp(t)
  for (const instanceUrl of ['http://127.0.0.1', 'https://127.0.0.1']) {
    t.strictSame(faultsOf(await diagnose({ ...settings, instanceUrl }, { only: ['network'] })), ['connection fail'])
  }
})
