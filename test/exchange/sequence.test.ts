import t from 'tap'
import { asAnn, asked, DISCOVERY, VERSIONS, GET, outcome, POST, TO_SESSION, TOKEN } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// For each version: what Metabase is asked while it is unknown, and what once it is known.
const sequences = {
  v50: { first: [DISCOVERY, TOKEN], next: [TOKEN] },
  v55: { first: [DISCOVERY, GET], next: [DISCOVERY, GET] }, // each hash works once
  v58: { first: [DISCOVERY, POST, TO_SESSION], next: [TO_SESSION] },
  v61: { first: [DISCOVERY, POST], next: [POST] }
}

for (const version of VERSIONS) {
  t.test(`${version}: a sign-in asks Metabase no more than it has to, and logs in once`, async t => {
    const host = await startHost(t, { metabase: { version } })
    const { metabase } = host
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase), sequences[version].first, 'while the version is unknown')
    t.equal(metabase.logins, 1)

    for (let login = 2; login <= 4; login++) {
      const before = metabase.requests.length
      t.strictSame(outcome(await signIn()), ['ok', 200])
      t.strictSame(asked(metabase, before), sequences[version].next, 'once it is known')
      t.equal(metabase.logins, login)
    }
  })
}
