import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { outcome } from '../helpers/exchange.js'
import { ANN, startHost, type AppUser } from '../helpers/host.js'
import { until } from '../helpers/until.js'

for (const [what, options] of Object.entries({
  'each for itself': {},
  'to be shared by a user session': { headers: 'Authorization: Bearer ann\r\n' }
} as Record<string, { headers?: string }>)) {
  t.test(`a client that has left while the app looks for its user costs Metabase nothing (${what})`, async t => {
    let asked = 0
    let found: (user: AppUser) => void = () => {}
    const getUser = async () => {
      asked++
      return await new Promise<AppUser>(resolve => { found = resolve })
    }
    const { app, metabase, logs } = await startHost(t, { options: { getUser } })
    let closed = 0
    app.addHook('onRequest', async (_request, reply) => { reply.raw.on('close', () => { closed++ }) })
    await app.listen({ port: 0, host: '127.0.0.1' })
    const { port } = app.server.address() as { port: number }

    const socket = connect(port, '127.0.0.1')
    socket.write(`GET /sso/metabase HTTP/1.1\r\nHost: localhost\r\n${options.headers ?? ''}\r\n`)
    await until(() => asked === 1)
    socket.destroy()
    await once(socket, 'close')
    await until(() => closed === 1)
    found(ANN)
    await until(() => logs.some(({ err, msg }) => err !== undefined || msg === 'signed in to Metabase'))
    t.match(logs.filter(({ err }) => err !== undefined), [{ level: 30, err: { code: 'METABASE_SSO_CLIENT_GONE' } }])

    // Had it been asked, that would have come before this.
    const next = app.inject('/sso/metabase')
    await until(() => asked === 2)
    found(ANN)
    t.strictSame(outcome(await next), ['ok', 200])
    t.equal(metabase.logins, 1)
    t.equal(metabase.requests.length, 2, 'discovery and exchange of the second')
  })
}
