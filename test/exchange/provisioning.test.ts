import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

const REFUSED = ['METABASE_SSO_ACCOUNT_REFUSED', 403]

for (const version of VERSIONS) {
  t.test(`${version}: without provisioning, only active accounts get in`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const { metabase, logs } = host
    const signIn = await asAnn(host)

    metabase.settings.userProvisioning = false
    t.strictSame(outcome(await signIn()), REFUSED, 'unknown')
    t.equal(metabase.users.size, 0)

    metabase.settings.userProvisioning = true
    t.strictSame(outcome(await signIn()), ['ok', 200], 'created')
    metabase.settings.userProvisioning = false
    t.strictSame(outcome(await signIn()), ['ok', 200], 'active')

    const ann = metabase.users.get(ANN.email)
    if (ann !== undefined) ann.active = false
    const response = await signIn()
    t.strictSame(outcome(response), REFUSED, 'deactivated')
    t.equal(response.json().error, 'This account is not allowed to sign in to Metabase.')
    t.match(logs.find(({ msg }) => /no active account/.test(msg))?.err, { hint: /provisioning/ })
    t.equal(metabase.logins, 2)
  })
}
