import { AsyncLocalStorage } from 'node:async_hooks'
import { tracingChannel } from 'node:diagnostics_channel'
import t from 'tap'
import { lightHost, VERSIONS } from '../helpers/exchange.js'
import { ANN, standIn, startHost } from '../helpers/host.js'
import { listen, namesOf } from '../helpers/tracing.js'

const METHODS = { v50: 'token', v55: 'hash', v56: 'to_session', v58: 'to_session', v61: 'to_session' }

for (const version of VERSIONS) {
  t.test(`${version}: app.metabaseSso.exchange publishes its exchange, with the method`, async t => {
    const metabase = await standIn(t, { version })
    const { metabaseSso } = await lightHost(t, metabase)
    const published = listen(t)
    await metabaseSso.exchange(ANN)
    t.same(namesOf(published, 'exchange'), ['start', 'end', 'asyncStart', 'asyncEnd'])
    t.strictSame(published[0]?.snapshot, { instanceUrl: metabase.url })
    t.strictSame(published.at(-1)?.snapshot, {
      instanceUrl: metabase.url, exchangeMethod: METHODS[version], result: undefined
    })
    t.same(namesOf(published, 'sign-in'), [], 'no request came to the route')
  })
}

t.test('requests that share an exchange publish it once', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const published = listen(t)
  await Promise.all([1, 2, 3].map(async () => await app.inject({ url: '/sso/metabase', cookies })))
  t.equal(namesOf(published, 'sign-in').filter(name => name === 'start').length, 3)
  t.equal(namesOf(published, 'exchange').filter(name => name === 'start').length, 1)
})

t.test('a store that is bound to a sign-in is that of its exchange', async t => {
  const { app, logIn } = await startHost(t)
  const cookies = await logIn()
  const spans = new AsyncLocalStorage<string>()
  const signIn = tracingChannel<string, { requestId: string }>('fastify-metabase-sso:sign-in')
  signIn.start.bindStore(spans, ({ requestId }) => `span of ${requestId}`)
  const parents: unknown[] = []
  const noteParent = () => { parents.push(spans.getStore()) }
  const exchange = tracingChannel<string, object>('fastify-metabase-sso:exchange')
  exchange.start.subscribe(noteParent)
  t.teardown(() => { signIn.start.unbindStore(spans); exchange.start.unsubscribe(noteParent) })
  await app.inject({ url: '/sso/metabase', cookies })
  t.match(parents, [/^span of req-/])
})
