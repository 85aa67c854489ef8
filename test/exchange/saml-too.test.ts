import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, ownMetabase, signedIn } from '../helpers/own-metabase.js'

for (const version of VERSIONS) {
  t.test(`${version}: with SAML switched on as well, people still sign in by JWT`, async t => {
    const host = await startHost(t, { metabase: { version } })
    host.metabase.settings.saml = true
    const signIn = await asAnn(host)

    for (let login = 1; login <= 2; login++) {
      t.strictSame(outcome(await signIn()), ['ok', 200])
      t.equal(host.metabase.logins, login)
    }
  })
}

for (const version of ['v55', 'v56', 'v58', 'v61'] as const) {
  t.test(`${version}: with SAML in place of JWT, the operator learns that JWT is off`, async t => {
    const host = await startHost(t, { metabase: { version } })
    Object.assign(host.metabase.settings, { saml: true, jwtSso: false })

    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_SSO_DISABLED', 502])
    t.equal(host.metabase.logins, 0)
  })
}

// metabase-enterprise.sso.api.interface: with several methods on, POST /auth/sso without
// `preferred_method=jwt` in its query is taken for SAML's answer, which fails with 401 and an HTML page.
t.test('a JWT that is posted to /auth/sso says that it is no answer of SAML', async t => {
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
      const reply = request.url?.includes('preferred_method=jwt') ? signedIn : html(401)
      reply(response, request)
    }
  })
  const signIn = await asAnn(await startHost(t, { options: { instanceUrl: own.url } }))

  t.strictSame(outcome(await signIn()), ['ok', 200])
  t.strictSame(own.steps, ['to_session', 'discovery', 'post'])
})
