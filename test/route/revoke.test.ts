import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, searchForSecrets, startHost, TIMEOUT } from '../helpers/host.js'

t.test('a revoked session is refused by Metabase; the others live on', async t => {
  const { app, metabase, logIn, logs } = await startHost(t)
  app.post<{ Body: { id: string } }>('/goodbye', async (request, reply) => {
    await app.metabaseSso.revoke(request.body.id)
    return await reply.code(204).send()
  })
  const cookies = await logIn()
  const { id } = (await app.inject({ url: '/sso/metabase', cookies })).json()
  const { id: other } = (await app.inject({ url: '/sso/metabase', cookies })).json()

  t.equal((await app.inject({ method: 'POST', url: '/goodbye', payload: { id } })).statusCode, 204)
  t.equal(await whoIs(metabase, id), undefined)
  t.equal(await whoIs(metabase, other), ANN.email)
  // startHost looks for the sessions that Metabase still knows; this one it does not.
  t.doesNotThrow(() => searchForSecrets(logs.map(line => JSON.stringify(line)), [id]))
})

t.test('revoking twice is fine, and so is a session that never was', async t => {
  const { app } = await startHost(t)
  await app.ready()
  const { id } = await app.metabaseSso.exchange(ANN)
  await t.resolves(app.metabaseSso.revoke(id))
  await t.resolves(app.metabaseSso.revoke(id))
  await t.resolves(app.metabaseSso.revoke('made-up'))
})

for (const [failure, code] of [
  ['gateway-502', 'METABASE_SSO_GATEWAY_FAILED'],
  ['reset', 'METABASE_SSO_UNREACHABLE'],
  ['hang', 'METABASE_SSO_TIMEOUT']
] as const) {
  t.test(`a revocation that did not reach Metabase is an error: ${failure}`, async t => {
    const { app, metabase } = await startHost(t, { options: { timeout: failure === 'hang' ? 100 : TIMEOUT } })
    await app.ready()
    metabase.fail(failure)
    await t.rejects(app.metabaseSso.revoke('5e551011'), { code })
  })
}
