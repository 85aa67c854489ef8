import t from 'tap'
import type { FailOptions, ForeignAnswer } from '../../testing/failures/failures.js'
import type { MetabaseVersion } from '../../testing/index.js'
import { lightHost } from '../helpers/exchange.js'
import { standIn } from '../helpers/host.js'
import { ALL, NEW, seen, type Outcome } from './table.js'

// The last row of section 4 of metabase-protocol.md: something in between answers in place of Metabase.

const PROXY = 'METABASE_SSO_PROXY_REFUSED'
const GATEWAY = 'METABASE_SSO_GATEWAY_FAILED'

/** The code of each. The status is always 502. */
const codes: ReadonlyArray<[answer: ForeignAnswer, code: string]> = [
  ['gateway-404-page', PROXY],
  ['gateway-404-text', PROXY],
  ['gateway-404-json', PROXY],
  ['gateway-405-page', PROXY],
  ['basic-auth-401', PROXY],
  ['waf-403-page', PROXY],
  ['payload-413', PROXY],
  ['uri-414', PROXY],
  ['rate-limit-429', PROXY],
  ['headers-431', PROXY],
  ['gateway-502', GATEWAY],
  ['gateway-503', GATEWAY],
  ['gateway-504', GATEWAY],
  ['gateway-520', GATEWAY],
  ['login-redirect', 'METABASE_SSO_REDIRECTED'],
  ['maintenance-200', 'METABASE_SSO_RESPONSE_NOT_JSON'],
  ['html-200', 'METABASE_SSO_RESPONSE_NOT_JSON'],
  ['unlisted', 'METABASE_SSO_STATUS_UNEXPECTED']
]

/** What may as well mean that `to_session` is not known, pages included: discovery then decides. */
const isLikeUnknown = (answer: ForeignAnswer) => /-(404|405|401|403|200)/.test(answer)

/** Finds what a sign-in should do. */
function expectedOf (answer: ForeignAnswer, code: string, version: MetabaseVersion, on: FailOptions['on']): Outcome {
  const isOld = version === 'v50' || version === 'v55'
  if (on === 'jwt') {
    // Discovery and the properties prove the age of an old Metabase: that, and no foreign answer, puts the JWT there.
    return [code, 502, 0, 0, isOld && isLikeUnknown(answer) ? 'jwt' : 'clean']
  }
  if (on === 'discovery') {
    if (!isOld) return ['ok', 200, 1, 1, 'clean'] // which is not asked for it
    // Any redirect is a v50's when the properties are: this one has a way of its own through the login page.
    if (version === 'v50' && answer === 'login-redirect') return ['ok', 200, 1, 1, 'jwt']
  }
  return [code, 502, 0, 0, 'clean']
}

for (const [answer, code] of codes) {
  for (const on of ['all', 'jwt', 'discovery'] as const) {
    t.test(`the route tells ${answer} on ${on} from an answer of Metabase`, async t => {
      for (const version of ALL) {
        const metabase = await standIn(t, { version })
        metabase.fail(answer, { on })
        const response = await (await lightHost(t, metabase)).inject('/sso/metabase')
        const expected = expectedOf(answer, code, version, on)
        t.strictSame(seen(metabase, response), expected, version)
        const isLimited = answer === 'rate-limit-429' && expected[0] !== 'ok'
        t.equal(response.headers['retry-after'], isLimited ? '7' : undefined, `${version}: Retry-After`)
      }
    })
  }

  t.test(`the plugin keeps JWTs out of URLs when ${answer} begins after a sign-in`, async t => {
    for (const version of NEW) {
      const metabase = await standIn(t, { version })
      const app = await lightHost(t, metabase)
      await app.inject('/sso/metabase')
      metabase.fail(answer)
      t.strictSame(seen(metabase, await app.inject('/sso/metabase')), [code, 502, 1, 1, 'clean'], version)
    }
  })
}
