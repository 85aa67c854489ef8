import t from 'tap'
import { asAnn, asked, DISCOVERY, VERSIONS, GET, outcome, POST, TO_SESSION, TOKEN } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// From what was known of the old version: the next sign-in, and the one after.
const after = {
  // The token way runs the login on v55, which then wants a hash: the one case with two logins.
  'v50→v55': [[TOKEN, DISCOVERY, GET], [DISCOVERY, GET]],
  'v50→v58': [[TOKEN], [DISCOVERY, POST, TO_SESSION]],
  'v50→v61': [[TOKEN], [DISCOVERY, POST]],
  'v55→v50': [[DISCOVERY, TOKEN], [TOKEN]],
  'v55→v58': [[DISCOVERY, POST, TO_SESSION], [TO_SESSION]],
  'v55→v61': [[DISCOVERY, POST], [POST]],
  'v58→v50': [[TO_SESSION, DISCOVERY, TOKEN], [TOKEN]],
  'v58→v55': [[TO_SESSION, DISCOVERY, GET], [DISCOVERY, GET]],
  'v58→v61': [[TO_SESSION], [TO_SESSION]], // as good as POST: no JWT in a URL
  'v61→v50': [[POST, DISCOVERY, TOKEN], [TOKEN]],
  'v61→v55': [[POST, DISCOVERY, GET], [DISCOVERY, GET]],
  'v61→v58': [[POST, DISCOVERY, POST, TO_SESSION], [TO_SESSION]]
}

for (const [name, [next, theOneAfter]] of Object.entries(after)) {
  t.test(`Metabase goes ${name} under the running app, and people keep signing in`, async t => {
    const [from, to] = VERSIONS.filter(version => name.includes(version)).sort((a, b) => name.indexOf(a) - name.indexOf(b))
    const host = await startHost(t, { metabase: { version: from } })
    const { metabase } = host
    const signIn = await asAnn(host)
    await signIn()

    if (to !== undefined) metabase.version = to
    let seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), next)
    t.equal(metabase.logins, name === 'v50→v55' ? 3 : 2)

    const logins = metabase.logins
    seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), theOneAfter)
    t.equal(metabase.logins, logins + 1)
  })
}
