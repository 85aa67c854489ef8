import { once } from 'node:events'
import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { ownMetabase, type Reply } from '../helpers/own-metabase.js'

const TOO_LARGE = ['METABASE_SSO_RESPONSE_TOO_LARGE', 502]
const HUGE = 50 * 1024 * 1024
const chunk = Buffer.alloc(64 * 1024, ' ')

for (const status of [200, 401]) {
  for (const announced of [true, false]) {
    t.test(`50 MB with status ${status}, ${announced
      ? 'announced'
      : 'not announced'}, are not read to the end`, async t => {
      let sent = 0
      let closed: Promise<unknown> = Promise.resolve()
      const huge: Reply = response => {
        closed = once(response, 'close')
        response.writeHead(
          status, { 'content-type': 'application/json', ...announced ? { 'content-length': HUGE } : {} }
        )
        const pump = () => {
          while (sent < HUGE && !response.destroyed) {
            sent += chunk.length
            if (!response.write(chunk)) return
          }
          response.end()
        }
        response.on('drain', pump)
        pump()
      }
      const own = await ownMetabase(t, { to_session: huge })
      const app = await lightHost(t, own)

      t.strictSame(outcome(await app.inject('/sso/metabase')), TOO_LARGE)
      await closed
      t.ok(sent < HUGE / 2, `${sent} bytes left the server`)
    })
  }
}

t.test('an answer just under the limit is read, whatever it holds', async t => {
  const own = await ownMetabase(t, {
    discovery: response => {
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ url: 'https://app.example.com', method: 'saml', padding: ' '.repeat(1_000_000) }))
    }
  })
  const app = await lightHost(t, own)
  t.strictSame(outcome(await app.inject('/sso/metabase')), ['METABASE_SSO_SSO_DISABLED', 502])
})
