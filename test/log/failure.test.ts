import t from 'tap'
import { startHost, TIMEOUT, type Host } from '../helpers/host.js'

const INFO = 30
const ERROR = 50

const failures: Array<[code: string, level: number, status: number, url: string, prepare: (host: Host) => unknown]> = [
  ['METABASE_SSO_RETURN_TO_INVALID', INFO, 400, '/sso/metabase?return_to=//evil.example', () => {}],
  ['METABASE_SSO_NOT_AUTHENTICATED', INFO, 401, '/sso/metabase', () => {}],
  ['METABASE_SSO_ACCOUNT_REFUSED', INFO, 403, '/sso/metabase', ({ metabase }) => metabase.fail('account-needed')],
  ['METABASE_SSO_CLAIMS_INVALID', ERROR, 500, '/sso/metabase', () => {}],
  ['METABASE_SSO_SECRET_REFUSED', ERROR, 502, '/sso/metabase', ({ metabase }) => metabase.fail('wrong-secret')],
  ['METABASE_SSO_UNREACHABLE', ERROR, 502, '/sso/metabase', ({ metabase }) => metabase.fail('reset')],
  ['METABASE_SSO_TIMEOUT', ERROR, 504, '/sso/metabase', ({ metabase }) => metabase.fail('hang')]
]

for (const [code, level, status, url, prepare] of failures) {
  t.test(`a failure leaves one line with its code and what to do about it: ${status} ${code}`, async t => {
    const host = await startHost(t, { options: { timeout: status === 504 ? 100 : TIMEOUT } })
    const cookies = await host.logIn({ email: status === 500 ? 'nobody' : 'ann@example.com' })
    await prepare(host)
    const before = host.logs.length
    const response = await host.app.inject({ url, cookies: status === 401 ? {} : cookies })

    t.equal(response.statusCode, status)
    const lines = host.logs.slice(before)
    t.equal(lines.length, 3, "it and Fastify's own two")
    t.match(lines[1], {
      level,
      reqId: String,
      msg: /^sign-in to Metabase failed: \w/,
      err: { code, statusCode: status, hint: /\w+ \w+/, stack: String }
    })
    const { err } = lines[1] as unknown as { err: { hint: string, message: string } }
    t.notOk(response.body.includes(err.hint), 'what an operator must do is not for the browser')
    t.notMatch(JSON.stringify(lines), /@example\.com/)
  })
}
