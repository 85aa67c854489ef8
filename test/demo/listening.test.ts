import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import t from 'tap'
import { startDemo } from './demo-process.js'
import { Visitor } from '../helpers/visitor.js'

t.test('a port that is taken is not the end', async t => {
  const other = createServer().listen(0, '127.0.0.1')
  t.teardown(() => { other.close() })
  await once(other, 'listening')
  const { port } = other.address() as AddressInfo

  const demo = startDemo(t, { PORT: String(port) })
  const url = await demo.url
  t.match(demo.output(), `Port ${port} is taken: using a free one.\n`)
  t.equal((await fetch(url)).status, 200)
})

t.test('HOST is the address it listens on, and the stand-in goes by the same name', async t => {
  const url = await startDemo(t, { HOST: 'localhost' }).url
  t.match(url, /^http:\/\/localhost:\d+$/)
  const { instanceUrl } = await new Visitor(url).getJson('/demo/state')
  t.match(instanceUrl, /^http:\/\/localhost:\d+$/)
  t.equal((await fetch(`${instanceUrl}/api/health`)).status, 200)
})

t.test('what is no port ends it with a sentence', async t => {
  const demo = startDemo(t, { PORT: 'http' })
  t.same(await demo.exited, [1, null])
  t.equal(demo.output(), 'PORT must be a whole number from 0 to 65535\n')
})
