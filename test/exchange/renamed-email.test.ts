import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: an e-mail claim that was renamed in Metabase is named, and the mapper can follow`, async t => {
    let claim = 'email'
    const host = await startHost(t, {
      metabase: { version },
      options: { mapUserToClaims: ({ email }) => ({ [claim]: email }) }
    })
    host.metabase.settings.claimNames.email = 'mail'
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), ['METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502])
    t.equal(host.metabase.logins, 0)
    claim = 'mail'
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame([...host.metabase.users.keys()], [ANN.email])
  })
}
