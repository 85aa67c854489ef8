import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { ANN, SECRET, startHost } from '../helpers/host.js'

const REFUSED = ['METABASE_SSO_SECRET_REFUSED', 502]
const WRONG = SECRET.replaceAll('f', 'e')

for (const version of VERSIONS) {
  t.test(`${version}: a wrong secret is named as what it is`, async t => {
    const host = await startHost(t, { metabase: { version, secret: WRONG } })
    const { metabase } = host
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), REFUSED, 'at the first sign-in')
    t.equal(metabase.logins, 0)
    t.equal(metabase.users.size, 0)

    metabase.secret = SECRET
    t.strictSame(outcome(await signIn()), ['ok', 200], 'once it is right')

    metabase.secret = WRONG
    t.strictSame(outcome(await signIn()), REFUSED, 'once it was rotated in Metabase')
    t.equal(metabase.logins, 1)
    t.strictSame([...metabase.users.keys()], [ANN.email])

    if (version === 'v50' || version === 'v55') return
    t.notMatch(metabase.requests.map(({ url }) => url).join('\n'), 'eyJ', 'no JWT stands in a URL')
  })
}
