import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

// Seconds that the clock of Metabase is ahead of ours, with a token lifetime of 600.
const skews = [
  [181, 'METABASE_SSO_TOKEN_TOO_OLD'],
  [660, 'METABASE_SSO_TOKEN_EXPIRED'],
  [-30, 'METABASE_SSO_TOKEN_FROM_FUTURE']
] as const

for (const version of VERSIONS) {
  for (const wording of ['usual'] as const) {
    t.test(`${version}, answers ${wording}: a clock that is off is named, and in which direction`, async t => {
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
      t.ok(host.metabase.logins <= 2)
    })

    t.test(`${version}, answers ${wording}: clocks may be some way off before anyone notices`, async t => {
      let ahead = 170
      const host = await startHost(t, { metabase: { version, now: () => Date.now() + ahead * 1000 } })
      const signIn = await asAnn(host)
      t.strictSame(outcome(await signIn()), ['ok', 200])
      ahead = -3600
      t.strictSame(outcome(await signIn()), ['ok', 200])
    })
  }
}
