import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// Seconds that the clock of Metabase is ahead of ours, with a token lifetime of 600.
const skews = [
  [181, 'METABASE_SSO_TOKEN_TOO_OLD'],
  [660, 'METABASE_SSO_TOKEN_EXPIRED']
] as const

for (const version of VERSIONS) {
  t.test(`${version}: a clock that is ahead is named`, async t => {
    let ahead = 0
    const host = await startHost(t, { metabase: { version, now: () => Date.now() + ahead * 1000 } })
    const signIn = await asAnn(host)

    for (const when of ['at first', 'once known']) {
      for (const [seconds, code] of skews) {
        ahead = seconds
        t.strictSame(outcome(await signIn()), [code, 502], `${when}, ${seconds} s ahead`)
      }
      ahead = 0
      await signIn()
    }
    t.equal(host.metabase.logins, 2)
  })

  t.test(`${version}: a clock may be 170 seconds ahead, or any time behind`, async t => {
    let ahead = 170
    const host = await startHost(t, { metabase: { version, now: () => Date.now() + ahead * 1000 } })
    const signIn = await asAnn(host)
    t.strictSame(outcome(await signIn()), ['ok', 200])
    ahead = -3600 // no version refuses an iat in the future
    t.strictSame(outcome(await signIn()), ['ok', 200])
  })
}
