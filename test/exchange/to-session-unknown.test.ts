import t from 'tap'
import { asAnn, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, json, notFound, ownMetabase, signedIn, text } from '../helpers/own-metabase.js'

/** Answers to `to_session` that may be those of a Metabase without it, or of something in front of it. */
const unknown = {
  'as v55 does, with 404 in a text': notFound,
  'with a 404 page': html(404),
  'with 404 in JSON': json(404, { message: 'no Route matched with those values' }),
  'with a 405 page': html(405),
  'with a 501 page': html(501),
  'with a 400 page': html(400),
  'with a 401 page': html(401),
  'with a 403 page': html(403),
  'with a page of status 200': html(200)
}

for (const [name, refusal] of Object.entries(unknown)) {
  t.test(`to_session answers ${name}: the JWT goes into the body of POST /auth/sso`, async t => {
    const own = await ownMetabase(t, { discovery: discovered, post: signedIn, to_session: refusal, get: signedIn })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(own.steps, ['to_session', 'discovery', 'post'])
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(own.steps.slice(3), ['post'], 'what worked is remembered')
  })

  if (name.startsWith('as v55')) continue
  t.test(`to_session answers ${name}, and so does POST: no JWT goes into a URL`, async t => {
    const own = await ownMetabase(t, { discovery: discovered, post: refusal, to_session: refusal, get: signedIn })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.equal((await signIn()).statusCode, 502)
    t.notOk(own.steps.includes('get'))
  })
}

t.test('a JWT that was posted and refused for a reason is not put into a URL afterwards', async t => {
  const expired = text(401, 'Token is expired (1764040000)')
  const own = await ownMetabase(t, { discovery: discovered, to_session: expired, post: signedIn, get: signedIn })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

  t.strictSame(outcome(await signIn()), ['METABASE_SSO_TOKEN_EXPIRED', 502])
  t.strictSame(own.steps, ['to_session'])
})
