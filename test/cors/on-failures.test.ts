import t from 'tap'
import { accessControl, STRANGER } from '../helpers/cors.js'
import { ORIGIN, startHost, TIMEOUT, type Host } from '../helpers/host.js'

const failures: Array<[status: number, url: string, visitor: boolean, prepare: (host: Host) => void]> = [
  [400, '/sso/metabase?return_to=//evil.example', false, () => {}],
  [401, '/sso/metabase', true, () => {}],
  [403, '/sso/metabase', false, ({ metabase }) => { metabase.settings.userProvisioning = false }],
  [500, '/sso/metabase', false, () => {}],
  [502, '/sso/metabase', false, ({ metabase }) => { metabase.secret = 'another secret than the app has' }],
  [504, '/sso/metabase', false, ({ metabase }) => { metabase.fail('hang') }]
]

for (const [status, url, visitor, prepare] of failures) {
  t.test(`the page can read why it failed: ${status}`, async t => {
    const mapUserToClaims: () => { email: string } = () => ({ email: status === 500 ? 'nobody' : 'ann@example.com' })
    const host = await startHost(t, { options: { timeout: status === 504 ? 100 : TIMEOUT, mapUserToClaims } })
    const cookies = visitor ? {} : await host.logIn()
    prepare(host)

    const response = await host.app.inject({ url, cookies, headers: { origin: ORIGIN } })
    t.equal(response.statusCode, status)
    t.same(
      accessControl(response), { 'access-control-allow-origin': ORIGIN, 'access-control-allow-credentials': 'true' }
    )
    t.match(response.headers.vary, /\borigin\b/i)
    t.equal(response.json().status, 'error')

    const stranger = await host.app.inject({ url, cookies, headers: { origin: STRANGER } })
    t.equal(stranger.statusCode, 403)
    t.same(accessControl(stranger), {}, 'a stranger cannot')
  })
}
