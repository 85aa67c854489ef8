import { createServer } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import { lightHost, outcome } from '../helpers/exchange.js'
import { discovered, html, json, listen, ownMetabase, signedIn, silent, type Reply } from '../helpers/own-metabase.js'

const TIMED_OUT = ['METABASE_SSO_TIMEOUT', 504]
const after = (ms: number, reply: Reply): Reply => (...exchange) => { setTimeout(reply, ms, ...exchange) }

const silences = {
  'after discovery': { discovery: discovered, post: silent },
  'after the first fallback': { discovery: discovered, post: html(501), to_session: silent },
  'after the second fallback': { discovery: discovered, post: html(501), to_session: html(404), get: silent },
  'when the secret is tested': { discovery: discovered, post: html(501), to_session: json(401, { status: 'error-jwt-invalid' }), get: silent }
}

for (const [when, replies] of Object.entries(silences)) {
  t.test(`a Metabase that falls silent ${when} does not keep people waiting`, async t => {
    const own = await ownMetabase(t, replies)
    const app = await lightHost(t, own, { timeout: 400 })

    t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
    t.equal(own.steps.length, Object.keys(replies).length)
  })
}

t.test('the timeout is for the whole exchange: steps that are quick enough alone may be too slow together', async t => {
  const own = await ownMetabase(t, { discovery: after(300, discovered), post: after(300, html(501)), to_session: after(300, signedIn) })
  const app = await lightHost(t, own, { timeout: 500 })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
  t.notOk(own.steps.includes('to_session'))
})

// undici gives up connecting after ten seconds by itself: too late.
t.test('the timeout holds where TLS is never negotiated', { timeout: 8000 }, async t => {
  const port = await listen(t, createServer())
  const app = await lightHost(t, { url: `https://127.0.0.1:${port}` }, { timeout: 400 })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
})

t.test('the timeout holds where DNS never answers', { timeout: 8000 }, async t => {
  await listen(t, createServer()) // a host app listens, too; without anything open the process would just end
  const dispatcher = new Agent({ connect: { lookup: () => {} } })
  t.teardown(async () => await dispatcher.destroy())
  const app = await lightHost(t, { url: 'http://metabase.invalid' }, { timeout: 400, dispatcher })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
})

t.test('the timeout holds where all connections of the dispatcher are busy', { timeout: 8000 }, async t => {
  const own = await ownMetabase(t, { other: silent, discovery: discovered, post: signedIn })
  const dispatcher = new Agent({ connections: 1, pipelining: 1 })
  t.teardown(async () => await dispatcher.destroy())
  dispatcher.request({ origin: own.url, path: '/slow-report', method: 'GET' }).catch(() => {}) // ends with the dispatcher
  const app = await lightHost(t, own, { timeout: 400, dispatcher })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
})
