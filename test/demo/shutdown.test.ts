import { once } from 'node:events'
import { connect } from 'node:net'
import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  t.test(`${signal} ends it with code 0, open connections and all`, async t => {
    const demo = startDemo(t)
    const url = await demo.url
    const { instanceUrl } = await new Visitor(url).getJson('/demo/state')
    const sockets = [url, instanceUrl].map(address => {
      const { hostname, port } = new URL(address)
      return connect(Number(port), hostname).on('error', () => {})
    })
    for (const socket of sockets) {
      socket.write('GET / HTTP/1.1\r\nHost: demo\r\nConnection: keep-alive\r\n\r\n')
      await once(socket, 'data')
    }
    const closed = sockets.map(async socket => await once(socket.resume(), 'close'))

    demo.kill(signal)
    demo.kill(signal) // npm passes it on, too
    t.same(await demo.exited, [0, null])
    await Promise.all(closed)
    t.equal(demo.output().trim().split('\n').length, 1, 'one line was printed')
  })
}
