import { inspect } from 'node:util'
import t from 'tap'
import { MockAgent, type Interceptable } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

const JSON_TYPE = { headers: { 'content-type': 'application/json' } }
const ON = 'https://metabase.test'

// What is known of Metabase before the request that matches nothing: in v50, it is one with the JWT in its URL.
const conversations: Record<string, (metabase: Interceptable) => void> = {
  'in its body' (metabase) {
    metabase.intercept({ path: '/auth/sso/to_session', method: 'POST', body: 'another body' }).reply(200, '')
  },
  'in its URL' (metabase) {
    metabase.intercept({ path: '/auth/sso/to_session', method: 'POST' }).reply(404, 'Not found.').persist()
    metabase.intercept({ path: '/auth/sso?preferred_method=jwt' })
      .reply(302, '', { headers: { location: 'https://app.example.com' } }).persist()
    metabase.intercept({ path: '/api/session/properties' })
      .reply(200, { version: { tag: 'v1.50.3' } }, JSON_TYPE).persist()
  }
}

for (const [where, converse] of Object.entries(conversations)) {
  t.test(`an error of MockAgent's that quotes a JWT ${where} is not logged`, async t => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    t.teardown(() => dispatcher.close())
    converse(dispatcher.get(ON))
    const host = await startHost(t, { options: { instanceUrl: ON, dispatcher } })

    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_UNREACHABLE', 502])
    t.notMatch(JSON.stringify(host.logs), 'eyJ')

    const error: unknown = await host.app.metabaseSso.exchange(ANN).then(() => undefined, (error: unknown) => error)
    t.match(error, { code: 'METABASE_SSO_UNREACHABLE', cause: Error })
    t.notMatch(inspect(error, { depth: 10, showHidden: true }), 'eyJ')
  })
}
