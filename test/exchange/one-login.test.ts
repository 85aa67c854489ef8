import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, json, ownMetabase, signedIn, type Reply } from '../helpers/own-metabase.js'

// What Metabase may answer after the login has run: asking again would run it once more.
const afterwards: Record<string, [reply: Reply, code: string]> = {
  'fails with 500': [html(500), 'METABASE_SSO_STATUS_UNEXPECTED'],
  'fails with 502 at its proxy': [html(502), 'METABASE_SSO_GATEWAY_FAILED'],
  'hangs up': [response => response.destroy(), 'METABASE_SSO_UNREACHABLE'],
  'answers with no session': [json(200, {}), 'METABASE_SSO_ANSWER_UNEXPECTED'],
  'answers with HTML': [html(200), 'METABASE_SSO_ANSWER_NOT_JSON'],
  'says that embedding is off': [json(402, { status: 'error-embedding-sdk-disabled' }), 'METABASE_SSO_SDK_EMBEDDING_DISABLED']
}

for (const [name, [reply, code]] of Object.entries(afterwards)) {
  t.test(`a Metabase that ${name} gets the JWT ${name === 'hangs up' ? 'twice, since the connection may have been dead' : 'once'}, and not again by another way`, async t => {
    let posted = signedIn
    const own = await ownMetabase(t, {
      discovery: discovered,
      post: (response, request) => posted(response, request),
      to_session: signedIn,
      get: signedIn
    })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))
    t.strictSame(outcome(await signIn()), ['ok', 200])

    posted = reply
    const before = own.steps.length
    t.strictSame(outcome(await signIn()), [code, 502])
    t.strictSame(own.steps.slice(before).filter(step => step !== 'discovery'), name === 'hangs up' ? ['post', 'post'] : ['post'])
  })
}
