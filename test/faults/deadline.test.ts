import { createServer } from 'node:net'
import t from 'tap'
import { Agent } from 'undici'
import { lightHost, outcome } from '../helpers/exchange.js'
import {
  discovered, json, listen, notFound, ownMetabase, signedIn, silent, text, traded, type Reply, type Step
} from '../helpers/own-metabase.js'

const TIMED_OUT = ['METABASE_SSO_TIMEOUT', 504]
const after = (ms: number, reply: Reply): Reply => (...exchange) => { setTimeout(reply, ms, ...exchange) }

const redirects: Reply = response => { response.writeHead(302, { location: 'https://app.example.com' }).end() }
const withHash = json(200, { url: 'https://app.example.com', method: 'jwt', hash: 'hash' })
/** A refusal in a language that is not known, and then nothing more. */
function refusesOnce (): Reply {
  let isFirst = true
  return (...exchange) => {
    if (isFirst) text(401, 'Sie benötigen ein Konto.')(...exchange)
    isFirst = false
  }
}

const silences: Record<string, { replies: Parameters<typeof ownMetabase>[1], steps: Step[] }> = {
  'at once': { replies: { to_session: silent }, steps: ['to_session'] },
  'at discovery': { replies: { discovery: silent }, steps: ['to_session', 'discovery'] },
  'at the fallback by POST':
    { replies: { discovery: discovered, post: silent }, steps: ['to_session', 'discovery', 'post'] },
  'at the fallback with a hash': {
    replies: { discovery: withHash, get: silent },
    steps: ['to_session', 'discovery', 'get']
  },
  'at its properties':
    { replies: { discovery: redirects, properties: silent }, steps: ['to_session', 'discovery', 'properties'] },
  'when the secret is tested': { replies: { to_session: refusesOnce() }, steps: ['to_session', 'to_session'] }
}

for (const [when, { replies, steps }] of Object.entries(silences)) {
  t.test(`a Metabase that falls silent ${when} does not keep the user waiting`, async t => {
    const own = await ownMetabase(t, replies)
    const app = await lightHost(t, own, { timeout: 400 })

    t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
    t.strictSame(own.steps, steps)
  })
}

t.test('the timeout is for the whole exchange, not for each of its steps', async t => {
  const replies = { to_session: after(300, notFound), discovery: after(300, discovered), post: signedIn }
  const own = await ownMetabase(t, replies)
  const app = await lightHost(t, own, { timeout: 500 })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
  t.notOk(own.steps.includes('post'))
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
  const own = await ownMetabase(t, { other: silent, to_session: traded })
  const dispatcher = new Agent({ connections: 1, pipelining: 1 })
  t.teardown(async () => await dispatcher.destroy())
  // Ends with the dispatcher.
  dispatcher.request({ origin: own.url, path: '/slow-report', method: 'GET' }).catch(() => {})
  const app = await lightHost(t, own, { timeout: 400, dispatcher })

  t.strictSame(outcome(await app.inject('/sso/metabase')), TIMED_OUT)
})
