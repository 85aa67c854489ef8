import t from 'tap'
import { asAnn, asked, DISCOVERY, GET, outcome, PROPERTIES, TO_SESSION, TOKEN, VERSIONS } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// While the version is unknown, and once it is known.
const first = {
  v50: [TO_SESSION, DISCOVERY, PROPERTIES, TOKEN],
  v55: [TO_SESSION, DISCOVERY, GET],
  v56: [TO_SESSION],
  v58: [TO_SESSION],
  v61: [TO_SESSION]
}
const known = { ...first, v50: [PROPERTIES, TOKEN] }

// What is asked at the next sign-in, and at the one after. No login runs twice.
const switching: Partial<Record<string, [next: string[], theOneAfter?: string[]]>> = {
  'v50→v55': [[PROPERTIES, TO_SESSION, DISCOVERY, GET]],
  'v50→v56': [[PROPERTIES, TO_SESSION]],
  'v50→v58': [[PROPERTIES, TO_SESSION]],
  'v50→v61': [[PROPERTIES, TO_SESSION]]
}

// `to_session` is gone: something in front of Metabase may have refused it. So the properties are asked first, and on.
const downgrade: Partial<Record<string, [next: string[], theOneAfter: string[]]>> = {
  v50: [[TO_SESSION, TO_SESSION, DISCOVERY, PROPERTIES, TOKEN], [PROPERTIES, TOKEN]],
  v55: [[TO_SESSION, TO_SESSION, DISCOVERY, PROPERTIES, GET], [TO_SESSION, DISCOVERY, PROPERTIES, GET]]
}
const pairs = VERSIONS.flatMap(from => VERSIONS.filter(to => to !== from).map(to => [from, to] as const))

for (const [from, to] of pairs) {
  t.test(`Metabase goes ${from}→${to} under the running app, and people keep signing in`, async t => {
    const host = await startHost(t, { metabase: { version: from } })
    const { metabase } = host
    const signIn = await asAnn(host)
    await signIn()

    const knewToSession = from !== 'v50' && from !== 'v55'
    const [next = first[to], theOneAfter = known[to]] =
      switching[`${from}→${to}`] ?? (knewToSession ? downgrade[to] : undefined) ?? []
    metabase.version = to
    let seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), next)
    t.equal(metabase.logins, 2)

    seen = metabase.requests.length
    t.strictSame(outcome(await signIn()), ['ok', 200])
    t.strictSame(asked(metabase, seen), theOneAfter)
    t.equal(metabase.logins, 3)
  })
}
