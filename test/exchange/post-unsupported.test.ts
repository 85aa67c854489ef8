import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, json, ownMetabase, signedIn } from '../helpers/own-metabase.js'

const refusals = {
  '501 in JSON': json(501, { status: 'error-post-jwt-not-valid', message: 'POST not valid for JWT SSO requests' }),
  '501 as an HTML page': html(501),
  '400 in JSON': json(400, { status: 'error-post-jwt-not-valid', message: 'POST not valid for JWT SSO requests' }),
  '400 as an HTML page': html(400),
  405: html(405),
  404: html(404)
}

for (const [name, refusal] of Object.entries(refusals)) {
  t.test(`Metabase refuses a posted JWT with ${name}: it takes the JWT at to_session`, async t => {
    const own = await ownMetabase(t, { discovery: discovered, post: refusal, to_session: signedIn })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(own.steps, ['discovery', 'post', 'to_session'])
  })

  t.test(`Metabase refuses a posted JWT with ${name} there, too: it takes the JWT in the URL`, async t => {
    const own = await ownMetabase(t, { discovery: discovered, post: refusal, to_session: refusal, get: signedIn })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(own.steps.slice(0, 4), ['discovery', 'post', 'to_session', 'get'])
    t.strictSame(own.steps.filter(step => step === 'get'), ['get', 'get'], 'once for each sign-in')
  })
}

t.test('a JWT that was posted and refused for a reason is not put into a URL afterwards', async t => {
  const own = await ownMetabase(t, { discovery: discovered, post: json(401, { message: 'Token is from the future' }), get: signedIn })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

  t.strictSame(outcome(await signIn()), ['METABASE_SSO_TOKEN_FROM_FUTURE', 502])
  t.strictSame(own.steps, ['discovery', 'post'])
})
