import { once } from 'node:events'
import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { html, ownMetabase, traded } from '../helpers/own-metabase.js'

t.test('fifty sign-ins one after the other need a connection to Metabase or two', async t => {
  const own = await ownMetabase(t, { to_session: traded })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

  for (let i = 0; i < 50; i++) t.strictSame(outcome(await signIn()), ['ok', 200])

  t.equal(own.steps.length, 50)
  t.ok(own.connections <= 2) // undici opens a second one while the first answer is being put away
})

t.test('failed sign-ins do not use up connections either', async t => {
  const own = await ownMetabase(t, { to_session: html(503) })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

  for (let i = 0; i < 10; i++) t.strictSame(outcome(await signIn()), ['METABASE_SSO_GATEWAY_FAILED', 502])

  t.ok(own.connections <= 2) // undici opens a second one while the first answer is being put away
})

t.test('the connections end with the app', async t => {
  const own = await ownMetabase(t, { to_session: traded })
  const host = await startHost(t, { options: { instanceUrl: own.url } })
  t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
  t.ok(own.open.size > 0)

  const ended = Promise.all([...own.open].map(async socket => await once(socket, 'close')))
  await host.app.close()
  await ended
  t.equal(own.open.size, 0)
})
