import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, json, ownMetabase, signedIn, traded, type Reply } from '../helpers/own-metabase.js'

// What Metabase may answer after the login has run: asking again would run it once more.
const afterwards: Record<string, [reply: Reply, code: string]> = {
  'fails with 500': [html(500), 'METABASE_SSO_STATUS_UNEXPECTED'],
  'fails with 502 at its proxy': [html(502), 'METABASE_SSO_GATEWAY_FAILED'],
  'hangs up': [response => response.destroy(), 'METABASE_SSO_UNREACHABLE'],
  'answers with no session': [json(200, {}), 'METABASE_SSO_RESPONSE_UNEXPECTED'],
  'says that embedding is off':
    [json(402, { status: 'error-embedding-sdk-disabled' }), 'METABASE_SSO_SDK_EMBEDDING_DISABLED']
}

for (const method of ['to_session', 'post'] as const) {
  for (const [name, [failing, code]] of Object.entries(afterwards)) {
    t.test(`${method}: a Metabase that ${name} is sent no JWT by another method`, async t => {
      let reply = method === 'post' ? signedIn : traded
      const changing: Reply = (response, request) => reply(response, request)
      const replies = { discovery: discovered, post: signedIn, get: signedIn, [method]: changing }
      const own = await ownMetabase(t, replies)
      const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))
      t.strictSame(outcome(await signIn()), ['ok', 200])

      reply = failing
      const before = own.steps.length
      t.strictSame(outcome(await signIn()), [code, 502])
      // Of a connection that ends without an answer, it may have been dead before.
      t.strictSame(own.steps.slice(before), name === 'hangs up' ? [method, method] : [method])
    })
  }
}
