import t, { type Test } from 'tap'
import { MockAgent } from 'undici'
import { asAnn, outcome, payloadOf } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'
import { SESSION_ID } from '../helpers/own-metabase.js'

const TO_SESSION = { path: '/auth/sso/to_session', method: 'POST' }
const JSON_TYPE = { headers: { 'content-type': 'application/json' } }

function mockAgent (t: Test) {
  const dispatcher = new MockAgent()
  dispatcher.disableNetConnect()
  t.teardown(() => dispatcher.close())
  return dispatcher
}

t.test("a host's own tests need no Metabase: undici's MockAgent stands in for it", async t => {
  const dispatcher = mockAgent(t)
  const metabase = dispatcher.get('https://metabase.test')
  let posted = ''
  metabase.intercept({ ...TO_SESSION, body: body => { posted = body; return true } })
    .reply(200, { session_token: SESSION_ID }, JSON_TYPE)
  const host = await startHost(t, { options: { instanceUrl: 'https://metabase.test', dispatcher } })

  const response = await (await asAnn(host))()

  const { email, exp, iat } = payloadOf(posted)
  t.equal(email, ANN.email)
  t.strictSame(response.json(), { id: SESSION_ID, exp, iat, status: 'ok' })
  dispatcher.assertNoPendingInterceptors()
})

t.test('the dispatcher is the host\'s: it stays open when the app closes', async t => {
  const dispatcher = mockAgent(t)
  const metabase = dispatcher.get('https://metabase.test')
  metabase.intercept(TO_SESSION).reply(503, '')
  metabase.intercept({ path: '/later' }).reply(200, 'still here')
  const host = await startHost(t, { options: { instanceUrl: 'https://metabase.test', dispatcher } })
  t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_GATEWAY_FAILED', 502])

  await host.app.close()

  const { body } = await dispatcher.request({ origin: 'https://metabase.test', path: '/later', method: 'GET' })
  t.equal(await body.text(), 'still here')
  dispatcher.assertNoPendingInterceptors()
})
