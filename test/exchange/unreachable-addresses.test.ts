import { createServer } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { listen } from '../helpers/own-metabase.js'

t.test('the log names each address of Metabase, and its error', async t => {
  const server = createServer()
  const port = await listen(t, server)
  await new Promise(resolve => server.close(resolve)) // nothing listens there now
  const addresses = [{ address: '127.0.0.1', family: 4 }, { address: '127.0.0.2', family: 4 }]
  const dispatcher = new Agent({
    connect: { autoSelectFamily: true, lookup: (_name, _options, done) => { done(null, addresses) } }
  })
  t.teardown(() => dispatcher.close())
  const options = { instanceUrl: `http://metabase.internal:${port}`, dispatcher }
  const host = await startHost(t, { options })

  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_UNREACHABLE', 502])
  const expected = `127.0.0.1 port ${port}: ECONNREFUSED, 127.0.0.2 port ${port}: ECONNREFUSED`
  const { msg } = host.logs.find(({ msg }) => msg.includes('cannot be reached')) ?? {}
  t.equal(msg, `sign-in to Metabase failed: Metabase cannot be reached (${expected})`)
})

t.test('addresses that time out are not taken for the deadline of the plugin', async t => {
  const errors = ['2001:db8::1', '192.0.2.1'].map(address =>
    Object.assign(new Error('connect'), { code: 'ETIMEDOUT', address, port: 443 }))
  const failure = Object.assign(new AggregateError(errors, 'all timed out'), { code: 'ETIMEDOUT' })
  const dispatcher = new Agent().compose(() => (_options, handler) => {
    handler.onResponseError?.({} as never, failure)
    return true
  })
  const host = await startHost(t, { options: { dispatcher } })

  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_UNREACHABLE', 502])
  t.match(host.logs.at(-2)?.msg, /2001:db8::1 port 443: ETIMEDOUT, 192\.0\.2\.1 port 443: ETIMEDOUT/)
})
