import t from 'tap'
import { startHost, TIMEOUT } from '../helpers/host.js'

for (const [failure, statusCode, code, error] of [
  ['account-needed', 403, 'METABASE_SSO_ACCOUNT_REFUSED', 'This account is not allowed to sign in to Metabase.'],
  [
    'wrong-secret', 502, 'METABASE_SSO_SECRET_REFUSED', 'Metabase does not accept sign-ins from this app at the moment.'
  ],
  ['reset', 502, 'METABASE_SSO_UNREACHABLE', 'Metabase could not be reached or gave no usable response.'],
  ['hang', 504, 'METABASE_SSO_TIMEOUT', 'Metabase did not answer in time.']
] as const) {
  t.test(`the route says "authentication failed", and no more, of ${failure}`, async t => {
    const { app, metabase, logIn } = await startHost(t, { options: { timeout: failure === 'hang' ? 100 : TIMEOUT } })
    const cookies = await logIn()
    metabase.fail(failure)
    const response = await app.inject({ url: '/sso/metabase', cookies })

    t.equal(response.statusCode, statusCode)
    t.match(response.headers['content-type'], /^application\/json/)
    t.strictSame(response.json(), { status: 'error', message: 'authentication failed', error, code })
    t.notOk(response.body.includes(metabase.url), 'the browser does not learn where Metabase is')
  })
}
