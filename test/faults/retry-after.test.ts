import t from 'tap'
import { lightHost, outcome } from '../helpers/exchange.js'
import { ownMetabase, type Reply } from '../helpers/own-metabase.js'

/** A rate limit in front of Metabase. */
const limited = (retryAfter: string): Reply => response => {
  response.writeHead(429, { 'content-type': 'text/html', 'retry-after': retryAfter }).end('<h1>Slow down</h1>')
}

t.test('the Retry-After of a 429 in front of Metabase is passed on', async t => {
  for (const seconds of ['7', '3600', '86400']) {
    const app = await lightHost(t, await ownMetabase(t, { to_session: limited(seconds) }))
    const response = await app.inject('/sso/metabase')
    t.strictSame(outcome(response), ['METABASE_SSO_PROXY_REFUSED', 502])
    t.equal(response.headers['retry-after'], seconds)
  }
})

t.test('a Retry-After that is no number of seconds is not passed on', async t => {
  for (const value of ['Wed, 25 Nov 2026 07:28:00 GMT', 'soon', '7 minutes', '-1', '604800', '']) {
    const app = await lightHost(t, await ownMetabase(t, { to_session: limited(value) }))
    t.equal((await app.inject('/sso/metabase')).headers['retry-after'], undefined, value)
  }
})
