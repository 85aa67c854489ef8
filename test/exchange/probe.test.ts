import t from 'tap'
import { asAnn, asked, GET, outcome, payloadOf, TO_SESSION } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'
import { discovered, html, json, ownMetabase, type Reply } from '../helpers/own-metabase.js'

const hangUp: Reply = response => { response.destroy() }
const redirect: Reply = response => { response.writeHead(302, { location: '/' }).end() }

t.test('v58: when to_session refuses a JWT whose secret is right, the test of the secret acquits it', async t => {
  // 300 seconds ahead: too old, which to_session does not say.
  const host = await startHost(t, { metabase: { version: 'v58', now: () => Date.now() + 300_000 } })
  const signIn = await asAnn(host)

  t.strictSame(outcome(await signIn()), ['METABASE_SSO_TOKEN_REFUSED', 502])
  t.strictSame(asked(host.metabase).slice(-2), [TO_SESSION, GET])
  const probe = payloadOf(host.metabase.requests.at(-1)?.url ?? '')
  t.notMatch(JSON.stringify(probe), ANN.email)
  t.equal(host.metabase.logins, 0)
})

// Clocks that are whole hours off are common: a local time that is taken for UTC.
for (const hours of [-2, -1, 1, 2]) {
  for (const refuseFutureIat of [false]) {
    t.test(`v58, its clock ${hours} h off, a future iat ${refuseFutureIat ? 'refused' : 'taken'}: the test of the secret signs nobody in`, async t => {
      const host = await startHost(t, { metabase: { version: 'v58', now: () => Date.now() + hours * 3_600_000 } })
      const [code] = outcome(await (await asAnn(host))())

      t.equal(code, hours < 0 && !refuseFutureIat ? 'ok' : 'METABASE_SSO_TOKEN_REFUSED')
      t.strictSame([...host.metabase.users.keys()], code === 'ok' ? [ANN.email] : [], 'no account is made for the test')
      t.equal(host.metabase.logins, code === 'ok' ? 1 : 0)
    })
  }
}

for (const [name, get] of Object.entries({ 'hangs up': hangUp, 'is in maintenance': html(503), redirects: redirect })) {
  t.test(`v58: Metabase ${name} when the secret is tested, and what is known already is reported`, async t => {
    const own = await ownMetabase(t, { discovery: discovered, post: html(501), to_session: json(401, { status: 'error-jwt-invalid' }), get })
    const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

    t.strictSame(outcome(await signIn()), ['METABASE_SSO_TOKEN_REFUSED', 502])
    t.equal(own.steps.at(-1), 'get')
  })
}
