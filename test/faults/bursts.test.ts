import t from 'tap'
import type { Failure } from '../../testing/index.js'
import { asAnn, atComputers, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'
import { discovered, html, ownMetabase, signedIn } from '../helpers/own-metabase.js'

const GATEWAY = ['METABASE_SSO_GATEWAY_FAILED', 502]
const STATUS = ['METABASE_SSO_STATUS_UNEXPECTED', 502]

t.test('the plugin answers a burst of 5xx with their codes, and asks Metabase again', async t => {
  const burst = [502, 503, 500, 504, 502, 502, 503, 503, 504, 500, 503, 502]
  const left: number[] = []
  const own = await ownMetabase(t, {
    discovery: discovered,
    post: (response, request) => {
      const status = left.shift()
      ;(status === undefined ? signedIn : html(status))(response, request)
    }
  })
  const host = await startHost(t, { options: { instanceUrl: own.url } })
  const signIn = await asAnn(host)
  for (let i = 0; i < 2; i++) {
    t.strictSame(outcome(await signIn()), ['ok', 200])
    left.push(...burst)
    for (const status of burst) t.strictSame(outcome(await signIn()), status === 500 ? STATUS : GATEWAY, String(status))
  }
  t.strictSame(outcome(await signIn()), ['ok', 200])
})

for (const version of VERSIONS) {
  t.test(`${version}: the plugin signs nine users in a moment after a gateway has failed`, async t => {
    const host = await startHost(t, { metabase: { version } })
    for (const failure of ['gateway-503', 'reset'] satisfies Failure[]) {
      host.metabase.fail(failure)
      t.strictSame(
        (await atComputers(host, 9)).map(outcome),
        Array(9).fill(failure === 'reset' ? ['METABASE_SSO_UNREACHABLE', 502] : GATEWAY)
      )
      host.metabase.fail(null)
      t.strictSame((await atComputers(host, 9)).map(outcome), Array(9).fill(['ok', 200]), `after ${failure}`)
    }
    t.equal(host.metabase.logins, 18)
  })
}
