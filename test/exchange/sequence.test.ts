import t from 'tap'
import { asAnn, asked, DISCOVERY, GET, outcome, PROPERTIES, TO_SESSION, TOKEN, VERSIONS } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// For each version: what Metabase is asked while it is unknown, and what once it is known.
const sequences = {
  // A JWT goes into a URL only where the properties are those of a version that has no other way.
  v50: { first: [TO_SESSION, DISCOVERY, PROPERTIES, TOKEN], next: [PROPERTIES, TOKEN] },
  // Each hash works once, and v56 has to_session, which is looked for each time.
  v55: { first: [TO_SESSION, DISCOVERY, GET], next: [TO_SESSION, DISCOVERY, GET] },
  v56: { first: [TO_SESSION], next: [TO_SESSION] },
  v58: { first: [TO_SESSION], next: [TO_SESSION] },
  v61: { first: [TO_SESSION], next: [TO_SESSION] }
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
