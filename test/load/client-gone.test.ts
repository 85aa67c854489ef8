import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { startHost, type Cookies } from '../helpers/host.js'
import { ownMetabase } from '../helpers/own-metabase.js'
import { until } from '../helpers/until.js'

/** A browser that asks and goes away when it is told to. */
function visitor (port: number, cookies: Cookies) {
  const socket = connect(port, '127.0.0.1')
  const cookie = Object.entries(cookies).map(pair => pair.join('=')).join('; ')
  socket.write(`GET /sso/metabase HTTP/1.1\r\nHost: localhost\r\nCookie: ${cookie}\r\n\r\n`)
  return socket
}

t.test('when the client leaves, Metabase is not waited for any longer', async t => {
  let closed = 0
  const own = await ownMetabase(t, { discovery: response => { response.on('close', () => { closed++ }) } })
  const { app, logs, logIn } = await startHost(t, { options: { instanceUrl: own.url, timeout: 60_000 } })
  await app.listen({ port: 0, host: '127.0.0.1' })
  const { port } = app.server.address() as { port: number }
  const cookies = await logIn()

  const [first, second] = [visitor(port, cookies), visitor(port, cookies)]
  await until(() => own.steps.length > 0)
  t.strictSame(own.steps, ['discovery'], 'both share one exchange')
  first.destroy()
  await once(first, 'close')
  await new Promise(resolve => setTimeout(resolve, 50))
  t.equal(closed, 0, 'the other one still waits')
  second.destroy()
  await until(() => closed === 1)
  await until(() => logs.some(({ err }) => err !== undefined))
  t.match(logs.filter(({ err }) => err !== undefined), [{ level: 30, err: { code: 'METABASE_SSO_CLIENT_GONE' } }, { level: 30 }])
})
