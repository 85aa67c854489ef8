import { ProxyAgent } from 'undici'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { startProxy } from '../helpers/proxy.js'

t.test('the plugin reaches Metabase through the dispatcher’s proxy and nothing else', async t => {
  const { url, tunnels } = await startProxy(t)
  const dispatcher = new ProxyAgent(url)
  t.teardown(() => dispatcher.close())
  const behind = await startHost(t)
  // A name that only the proxy can resolve.
  const host = await startHost(
    t, { options: { instanceUrl: `http://metabase.internal:${new URL(behind.metabase.url).port}`, dispatcher } }
  )
  const signIn = await asAnn(host)

  for (let i = 0; i < 2; i++) t.strictSame(outcome(await signIn()), ['ok', 200])

  t.strictSame([...new Set(tunnels)], [`metabase.internal:${new URL(behind.metabase.url).port}`])
  t.equal(behind.metabase.logins, 2)
  for (const { headers } of behind.metabase.requests) t.match(headers.host, 'metabase.internal')
})
