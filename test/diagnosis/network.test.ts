import { promises as dns } from 'node:dns'
import t from 'tap'
import { diagnose } from '../../lib/diagnosis/diagnose.js'
import { checkFault, faultsOf, setUp } from '../helpers/diagnosis.js'
import { networkFaults, resolveTo } from '../helpers/faults/network.js'

for (const [name, fault] of Object.entries(networkFaults)) {
  t.test(`diagnose names the fault, and its fix mends it: ${name}`, async t =>
    await checkFault(t, fault, await setUp(t)))
}

t.test('diagnose does not mind that localhost listens on one of its two addresses', async t => {
  const { metabase, settings } = await setUp(t)
  resolveTo(t, '127.0.0.1', '127.0.0.2')
  const instanceUrl = metabase.url.replace('127.0.0.1', 'localhost')
  t.strictSame(faultsOf(await diagnose({ ...settings, instanceUrl }, { only: ['network'] })), [])
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

t.test('diagnose looks the host up once, as a DNS may fail at the next time', async t => {
  const { metabase, settings } = await setUp(t)
  const { lookup } = dns
  t.teardown(() => Object.assign(dns, { lookup }))
  let lookups = 0
  Object.assign(dns, {
    async lookup () {
      if (lookups++ > 0) throw new Error('getaddrinfo EAI_AGAIN')
      return [{ address: '127.0.0.1', family: 4 }]
    }
  })
  const instanceUrl = metabase.url.replace('127.0.0.1', 'localhost')
  const { ok } = await diagnose({ ...settings, instanceUrl }, { only: ['network'] })
  t.strictSame([ok, lookups], [true, 1])
})
