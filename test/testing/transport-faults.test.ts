import t, { type Test } from 'tap'
import { Client, type Dispatcher } from 'undici'
import type { MetabaseStandIn, TransportFault } from '../../testing/index.js'
import { start } from './helpers/stand-in.js'
import { until } from '../helpers/until.js'

async function startWith (t: Test, fault: TransportFault): Promise<MetabaseStandIn> {
  const metabase = await start(t)
  metabase.fail(fault)
  return metabase
}

/** The answer to a request on a connection of its own. */
async function ask (t: Test, { url }: MetabaseStandIn, signal?: AbortSignal): Promise<Dispatcher.ResponseData> {
  const client = new Client(url)
  t.teardown(() => client.destroy())
  return client.request({ method: 'GET', path: '/auth/sso?jwt=x', signal })
}

t.test('hang: no answer comes', async t => {
  const metabase = await startWith(t, 'hang')
  const asked = t.rejects(ask(t, metabase), { code: 'UND_ERR_SOCKET' }, 'until the server ends')
  await until(() => metabase.requests.length > 0)
  await metabase.close()
  await asked
})

t.test('drip: one byte after the other', async t => {
  const metabase = await startWith(t, 'drip')
  const { statusCode, body } = await ask(t, metabase)
  t.equal(statusCode, 200)
  let bytes = 0
  for await (const chunk of body) {
    bytes += chunk.length
    if (bytes === 2) break
  }
  t.equal(bytes, 2)
})

t.test('reset: the connection ends before the answer', async t => {
  await t.rejects(ask(t, await startWith(t, 'reset')), { code: 'UND_ERR_SOCKET' })
})

for (const fault of ['reset-mid-body', 'wrong-length'] as const) {
  t.test(`${fault}: the body ends early`, async t => {
    const { statusCode, headers, body } = await ask(t, await startWith(t, fault))
    t.equal(statusCode, 200)
    t.equal(headers['content-length'], '1000')
    await t.rejects(body.text(), { code: 'UND_ERR_SOCKET' })
  })
}

t.test('truncated-json: the answer is whole, its JSON is not', async t => {
  const { headers, body } = await ask(t, await startWith(t, 'truncated-json'))
  t.match(headers['content-type'], /^application\/json/)
  t.throws(() => JSON.parse('{"status":"ok","id":"'), SyntaxError)
  t.equal(await body.text(), '{"status":"ok","id":"')
})

t.test('huge-body: 50 MB, for those who stay', async t => {
  const { body } = await ask(t, await startWith(t, 'huge-body'))
  let bytes = 0
  for await (const chunk of body) bytes += chunk.length
  t.ok(bytes > 50 * 1024 * 1024)
})

t.test('gzip-bomb: small on the wire', async t => {
  const { headers, body } = await ask(t, await startWith(t, 'gzip-bomb'))
  t.equal(headers['content-encoding'], 'gzip')
  t.ok((await body.arrayBuffer()).byteLength < 100 * 1024)
})

for (const fault of ['huge-body', 'gzip-bomb'] as const) {
  t.test(`${fault}: stops when the client goes away`, async t => {
    const metabase = await startWith(t, fault)
    const { body } = await ask(t, metabase)
    await body[Symbol.asyncIterator]().next()
    body.destroy()
    await t.resolves(metabase.close())
  })
}

t.test('redirect-loop: to itself', async t => {
  const { statusCode, headers } = await ask(t, await startWith(t, 'redirect-loop'))
  t.equal(statusCode, 302)
  t.equal(headers.location, '/auth/sso?jwt=x')
})
