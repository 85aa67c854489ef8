import { inspect } from 'node:util'
import t from 'tap'
import { MockAgent } from 'undici'
import { asAnn, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

const discoveries = {
  'in its URL': [302, '', { headers: { location: 'https://app.example.com' } }],
  'in its body': [200, { url: 'https://app.example.com', method: 'jwt' }, { headers: { 'content-type': 'application/json' } }]
} as const

for (const [where, [status, body, options]] of Object.entries(discoveries)) {
  t.test(`a dispatcher's error that quotes the request, as MockAgent's do, does not bring the JWT ${where} into the log`, async t => {
    const dispatcher = new MockAgent()
    dispatcher.disableNetConnect()
    t.teardown(() => dispatcher.close())
    const metabase = dispatcher.get('https://metabase.test')
    metabase.intercept({ path: '/auth/sso?preferred_method=jwt' }).reply(status, body, options).persist()
    metabase.intercept({ path: path => path.startsWith('/auth/sso'), method: 'POST', body: 'another body' }).reply(200, '')
    const host = await startHost(t, { options: { instanceUrl: 'https://metabase.test', dispatcher } })

    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_UNREACHABLE', 502])
    t.notMatch(JSON.stringify(host.logs), 'eyJ')

    const error: unknown = await host.app.metabaseSso.exchange(ANN).then(() => undefined, (error: unknown) => error)
    t.match(error, { code: 'METABASE_SSO_UNREACHABLE', cause: Error })
    t.notMatch(inspect(error, { depth: 10, showHidden: true }), 'eyJ')
  })
}
