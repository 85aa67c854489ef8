import t from 'tap'
import { asAnn, asked, DISCOVERY, GENERATIONS, GET, outcome, POST, TO_SESSION, TOKEN } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// From what was known of the old generation: the next sign-in, and the one after.
const after = {
  // The token way runs the login on B, which then wants a hash: the one case with two logins.
  'A→B': [[TOKEN, DISCOVERY, GET], [DISCOVERY, GET]],
  'A→C': [[TOKEN], [DISCOVERY, POST, TO_SESSION]],
  'A→D': [[TOKEN], [DISCOVERY, POST]],
  'B→A': [[DISCOVERY, TOKEN], [TOKEN]],
  'B→C': [[DISCOVERY, POST, TO_SESSION], [TO_SESSION]],
  'B→D': [[DISCOVERY, POST], [POST]],
  'C→A': [[TO_SESSION, DISCOVERY, TOKEN], [TOKEN]],
  'C→B': [[TO_SESSION, DISCOVERY, GET], [DISCOVERY, GET]],
  'C→D': [[TO_SESSION], [TO_SESSION]], // as good as POST: no JWT in a URL
  'D→A': [[POST, DISCOVERY, TOKEN], [TOKEN]],
  'D→B': [[POST, DISCOVERY, GET], [DISCOVERY, GET]],
  'D→C': [[POST, DISCOVERY, POST, TO_SESSION], [TO_SESSION]]
}

for (const [name, [next, theOneAfter]] of Object.entries(after)) {
  t.test(`Metabase goes ${name} under the running app, and people keep signing in`, async t => {
    const [from, to] = GENERATIONS.filter(generation => name.includes(generation)).sort((a, b) => name.indexOf(a) - name.indexOf(b))
    const host = await startHost(t, { metabase: { generation: from } })
    const { metabase } = host
    const signIn = await asAnn(host)
    await signIn()

    if (to !== undefined) metabase.generation = to
    let seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), next)
    t.equal(metabase.logins, name === 'A→B' ? 3 : 2)

    const logins = metabase.logins
    seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), theOneAfter)
    t.equal(metabase.logins, logins + 1)
  })
}
