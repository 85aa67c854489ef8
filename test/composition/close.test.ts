import { channel } from 'node:diagnostics_channel'
import type { Socket } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import metabaseSso from '../../index.js'
import { ANN, SECRET, standIn, startHost } from '../helpers/host.js'

/** The connections that undici opens to this URL from now on. */
function connectionsTo (t: Parameters<typeof startHost>[0], url: string): Socket[] {
  const { port } = new URL(url)
  const sockets: Socket[] = []
  const onConnected = (message: unknown) => {
    const { socket } = message as { socket: Socket }
    if (String(socket.remotePort) === port) sockets.push(socket)
  }
  const connected = channel('undici:client:connected')
  connected.subscribe(onConnected)
  t.teardown(() => connected.unsubscribe(onConnected))
  return sockets
}

t.test('connections to Metabase are kept while the app runs and closed with it', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const cookies = await logIn()
  const sockets = connectionsTo(t, metabase.url)
  for (let i = 0; i < 3; i++) t.equal((await app.inject({ url: '/sso/metabase', cookies })).statusCode, 200)
  t.ok(sockets.length > 0)
  t.ok(sockets.length < metabase.requests.length, 'connections are used again')
  t.same(sockets.filter(({ destroyed }) => destroyed), [], 'and stay open')

  await app.close()
  t.same(sockets.filter(({ destroyed }) => !destroyed), [])
})

t.test('each registration closes its own', async t => {
  const { app, metabase } = await startHost(t)
  const eu = await standIn(t)
  app.register(async scope => {
    scope.register(metabaseSso, { secret: SECRET, instanceUrl: eu.url })
  }, { prefix: '/eu' })
  const sockets = [connectionsTo(t, metabase.url), connectionsTo(t, eu.url)]
  app.addHook('preHandler', async request => { request.session.user = ANN })
  t.equal((await app.inject('/sso/metabase')).statusCode, 200)
  t.equal((await app.inject('/eu/sso/metabase')).statusCode, 200)
  t.ok(sockets.every(({ length }) => length > 0))
  await app.close()
  t.same(sockets.flat().filter(({ destroyed }) => !destroyed), [])
})

t.test("the host's own dispatcher is used, and left open", async t => {
  const dispatcher = new Agent()
  t.teardown(() => dispatcher.close())
  const { app, metabase, logIn } = await startHost(t, { options: { dispatcher } })
  const sockets = connectionsTo(t, metabase.url)
  t.equal((await app.inject({ url: '/sso/metabase', cookies: await logIn() })).statusCode, 200)
  await app.close()

  t.ok(sockets.length > 0)
  t.same(sockets.filter(({ destroyed }) => destroyed), [])
  t.notOk(dispatcher.closed)
  t.notOk(dispatcher.destroyed)
  const health = await dispatcher.request({ origin: metabase.url, path: '/api/health', method: 'GET' })
  t.same(await health.body.json(), { status: 'ok' })
})
