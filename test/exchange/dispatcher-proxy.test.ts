import { createServer } from 'node:http'
import { connect } from 'node:net'
import t from 'tap'
import { ProxyAgent } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { listen } from '../helpers/own-metabase.js'

t.test('the plugin reaches Metabase through the dispatcher’s proxy and nothing else', async t => {
  const tunnels: string[] = []
  const proxy = createServer()
  proxy.on('connect', ({ url = '' }, client, head) => {
    tunnels.push(url)
    const upstream = connect(Number(url.split(':')[1]), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      upstream.write(head)
      upstream.pipe(client).pipe(upstream)
    })
    upstream.on('error', () => client.destroy())
  })
  const dispatcher = new ProxyAgent(`http://127.0.0.1:${await listen(t, proxy)}`)
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
