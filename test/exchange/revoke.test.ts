import t from 'tap'
import { VERSIONS, lightHost } from '../helpers/exchange.js'
import { ANN, standIn, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: a revoked session is over, and revoking it again is fine`, async t => {
    const metabase = await standIn(t, { version, basePath: '/metabase' })
    const { metabaseSso } = await lightHost(t, metabase)
    const { id } = await metabaseSso.exchange(ANN)
    const other = await metabaseSso.exchange(ANN)

    await metabaseSso.revoke(id)
    t.strictSame([...metabase.sessions.keys()], [other.id])
    await metabaseSso.revoke(id)
    await metabaseSso.revoke('never-there')

    for (const { url } of metabase.requests) t.notMatch(url, id)
    const { method, path, headers } = metabase.requests.at(-3) ?? {}
    t.strictSame([method, path, headers?.['x-metabase-session']], ['DELETE', '/metabase/api/session', id])
  })
}

t.test('a revocation that fails says why', async t => {
  const metabase = await standIn(t)
  const { metabaseSso } = await lightHost(t, metabase)
  for (const [failure, code] of [
    ['gateway-503', 'METABASE_SSO_GATEWAY_FAILED'],
    ['unlisted', 'METABASE_SSO_STATUS_UNEXPECTED'],
    ['redirect-loop', 'METABASE_SSO_REDIRECTED'],
    ['reset', 'METABASE_SSO_UNREACHABLE'],
    ['huge-body', 'METABASE_SSO_ANSWER_TOO_LARGE']
  ] as const) {
    metabase.fail(failure)
    await t.rejects(metabaseSso.revoke('5e551011'), { code }, failure)
  }
  metabase.fail('hang')
  const impatient = await lightHost(t, metabase, { timeout: 300 })
  await t.rejects(impatient.metabaseSso.revoke('5e551011'), { code: 'METABASE_SSO_TIMEOUT' })
  metabase.fail(null)
  await t.resolves(metabaseSso.revoke('5e551011'))
})

t.test('revoking nothing is an error, not a session that is over', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  for (const nothing of ['', undefined, null, {}, [], 'x\ny', 'é', 'x'.repeat(300), await app.metabaseSso.exchange(ANN)]) {
    metabase.requests.length = 0
    await t.rejects(app.metabaseSso.revoke(nothing as string), { code: 'METABASE_SSO_SESSION_ID_MISSING' })
  }
  t.strictSame(metabase.requests, [])
})
