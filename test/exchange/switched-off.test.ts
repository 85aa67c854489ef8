import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import type { MetabaseSettings } from '../../testing/index.js'

const switches: Array<[what: string, off: Partial<MetabaseSettings>, code: string]> = [
  ['JWT sign-in', { jwtSso: false }, 'METABASE_SSO_SSO_DISABLED'],
  ['the licence', { licensed: false }, 'METABASE_SSO_SSO_DISABLED'],
  ['the enterprise edition', { edition: 'open-source' }, 'METABASE_SSO_OPEN_SOURCE'],
  ['embedding with the SDK', { sdkEmbedding: false }, 'METABASE_SSO_SDK_EMBEDDING_DISABLED']
]

for (const version of VERSIONS) {
  for (const [what, off, code] of switches) {
    // to_session asks for no embedding switch.
    const works = off.sdkEmbedding === false && version !== 'v50' && version !== 'v55'
    const expected = works ? ['ok', 200] : [code, 502]

    t.test(`${version}: ${what} gone ${works ? 'changes nothing' : 'is named'}`, async t => {
      const host = await startHost(t, { metabase: { version } })
      const { metabase } = host
      const on = { ...metabase.settings }
      Object.assign(metabase.settings, off)
      const signIn = await asAnn(host)

      t.strictSame(outcome(await signIn()), expected, 'at first')
      t.equal(metabase.logins, works ? 1 : 0)

      Object.assign(metabase.settings, on)
      t.strictSame(outcome(await signIn()), ['ok', 200], 'switched on')

      Object.assign(metabase.settings, off)
      const { logins } = metabase
      // A v50 that was known answers as the page of its app, which tells as little as any other page.
      const isPage = version === 'v50' && off.edition !== undefined
      const again = isPage ? ['METABASE_SSO_RESPONSE_NOT_JSON', 502] : expected
      t.strictSame(outcome(await signIn()), again, 'switched off again')
      t.equal(metabase.logins, works ? logins + 1 : logins, 'no session is made and thrown away')
      Object.assign(metabase.settings, on)
      t.strictSame(outcome(await signIn()), ['ok', 200])
    })
  }
}
