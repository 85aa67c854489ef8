import t from 'tap'
import { asAnn, asked, DISCOVERY, GENERATIONS, GET, outcome, POST, TO_SESSION, TOKEN } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// For each generation: what Metabase is asked while it is unknown, and what once it is known.
const sequences = {
  A: { first: [DISCOVERY, TOKEN], next: [TOKEN] },
  B: { first: [DISCOVERY, GET], next: [DISCOVERY, GET] }, // each hash works once
  C: { first: [DISCOVERY, POST, TO_SESSION], next: [TO_SESSION] },
  D: { first: [DISCOVERY, POST], next: [POST] }
}

for (const generation of GENERATIONS) {
  t.test(`generation ${generation}: a sign-in asks Metabase no more than it has to, and logs in once`, async t => {
    const host = await startHost(t, { metabase: { generation } })
    const { metabase } = host
    const signIn = await asAnn(host)

    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase), sequences[generation].first, 'while the generation is unknown')
    t.equal(metabase.logins, 1)

    for (let login = 2; login <= 4; login++) {
      const before = metabase.requests.length
      t.strictSame(outcome(await signIn()), ['ok', 200])
      t.strictSame(asked(metabase, before), sequences[generation].next, 'once it is known')
      t.equal(metabase.logins, login)
    }
  })
}
