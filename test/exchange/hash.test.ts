import t from 'tap'
import { asAnn, atComputers, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

t.test('v55: twenty people sign in at once, each with a hash of their own and one login', async t => {
  const host = await startHost(t, { metabase: { version: 'v55' } })
  const { metabase } = host

  const responses = await atComputers(host, 20)

  for (const response of responses) t.strictSame(outcome(response), ['ok', 200])
  t.equal(new Set(responses.map(response => response.json().id)).size, 20, 'a session each')
  t.equal(metabase.logins, 20)
  const trades = metabase.requests.filter(({ query }) => query.jwt !== undefined)
  t.equal(trades.length, 20)
  t.equal(new Set(trades.map(({ headers }) => headers['x-metabase-sdk-jwt-hash'])).size, 20, 'no hash is used twice')
})

t.test('v55: the hash goes with the JWT alone', async t => {
  const host = await startHost(t, { metabase: { version: 'v55' } })
  await (await asAnn(host))()

  const [toSession, discovery, trade] = host.metabase.requests
  for (const other of [toSession, discovery]) t.equal(other?.headers['x-metabase-sdk-jwt-hash'], undefined)
  t.match(trade?.headers['x-metabase-sdk-jwt-hash'], /./)
})
