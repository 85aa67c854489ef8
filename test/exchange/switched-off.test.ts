import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import type { MetabaseSettings } from '../../testing/index.js'

const switches: Array<[what: string, off: Partial<MetabaseSettings>, code: string]> = [
  ['JWT sign-in', { jwtSso: false }, 'METABASE_SSO_SSO_DISABLED'],
  ['the licence', { licensed: false }, 'METABASE_SSO_LICENSE_MISSING'],
  ['the enterprise edition', { edition: 'open-source' }, 'METABASE_SSO_NOT_FOUND'],
  ['embedding with the SDK', { sdkEmbedding: false }, 'METABASE_SSO_SDK_EMBEDDING_DISABLED']
]
const wordings = {
  usual: {}
} as const satisfies Record<string, Partial<MetabaseSettings>>

for (const version of VERSIONS) {
  for (const [wording, answers] of Object.entries(wordings)) {
    for (const [what, off, code] of switches) {
      t.test(`${version}, answers ${wording}: ${what} gone is named, and back again it works at once`, async t => {
        const host = await startHost(t, { metabase: { version } })
        const { metabase } = host
        const on = { ...metabase.settings }
        Object.assign(metabase.settings, answers, off)
        const signIn = await asAnn(host)

        t.strictSame(outcome(await signIn()), [code, 502], 'at first')
        // Up to v54 the login has run when Metabase looks at this switch.
        t.equal(metabase.logins, version === 'v50' && off.sdkEmbedding === false ? 1 : 0)

        Object.assign(metabase.settings, on, answers)
        t.strictSame(outcome(await signIn()), ['ok', 200], 'switched on')

        if (version === 'v58' && off.sdkEmbedding === false) return // inferred: to_session does not look at it
        Object.assign(metabase.settings, off)
        const logins = metabase.logins
        t.strictSame(outcome(await signIn()), [code, 502], 'switched off again')
        t.ok(metabase.logins <= logins + 1, 'at most one login')
        Object.assign(metabase.settings, on, answers)
        t.strictSame(outcome(await signIn()), ['ok', 200])
      })
    }
  }
}
