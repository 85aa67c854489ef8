import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: a renamed e-mail claim is named, and claimNames follows it`, async t => {
    const host = await startHost(t, { metabase: { version } })
    host.metabase.settings.claimNames.email = 'mail'
    t.strictSame(outcome(await (await asAnn(host))()), ['METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502])
    t.equal(host.metabase.logins, 0)

    const mended = await startHost(t, { metabase: { version }, options: { claimNames: { email: 'mail' } } })
    mended.metabase.settings.claimNames.email = 'mail'
    t.strictSame(outcome(await (await asAnn(mended))()), ['ok', 200])
    t.strictSame([...mended.metabase.users.keys()], [ANN.email])
  })
}
