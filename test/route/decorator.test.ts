import t from 'tap'
import metabaseSso from '../../index.js'
import { tradeAsClient, visit, whoIs } from '../helpers/browser.js'
import { ANN, SECRET, startHost } from '../helpers/host.js'

t.test("a route of the host can sign, exchange and link as the plugin's own does", async t => {
  const { app, metabase } = await startHost(t)
  app.get('/own', async request => ({
    jwt: await app.metabaseSso.sign(ANN, request),
    session: await app.metabaseSso.exchange(ANN, request),
    link: await app.metabaseSso.ssoUrl(ANN, { returnTo: '/dashboard/1' }, request)
  }))
  const { jwt, session, link } = (await app.inject('/own')).json()

  t.equal(await whoIs(metabase, await tradeAsClient(metabase, jwt)), ANN.email)
  t.match(session, { status: 'ok', id: String, exp: Number, iat: Number })
  t.equal(await whoIs(metabase, session.id), ANN.email)
  const { url, page } = await visit(link)
  t.equal(url, `${metabase.url}/dashboard/1`)
  t.match(page, 'as seen by ann@example.com')
})

t.test('without a request, and without options, too', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  const link = await app.metabaseSso.ssoUrl(ANN)
  t.type(link, URL)
  t.equal(link.searchParams.get('return_to'), '/', 'the home page: v56 fails without')
  t.match((await visit(link.href)).page, 'as seen by ann@example.com')
  t.equal(await whoIs(metabase, (await app.metabaseSso.exchange(ANN)).id), ANN.email)
})

t.test('it is there as soon as the plugin is registered', async t => {
  const { app, metabase } = await startHost(t, { options: false })
  await app.register(metabaseSso, { secret: SECRET, instanceUrl: metabase.url })
  t.equal(typeof app.metabaseSso.sign, 'function')
})

t.test('the mapper is given the request, if there is one', async t => {
  const seen: unknown[] = []
  const { app } = await startHost(t, {
    options: { mapUserToClaims: ({ email }, request) => { seen.push(request?.url); return { email } } }
  })
  app.get('/own', async request => await app.metabaseSso.sign(ANN, request))
  await app.inject('/own')
  await app.metabaseSso.sign(ANN)
  t.same(seen, ['/own', undefined])
})

t.test('a failure is an error that the host can tell by its code', async t => {
  const { app, metabase } = await startHost(t)
  await app.ready()
  await t.rejects(app.metabaseSso.sign({ email: 'nobody' }), { code: 'METABASE_SSO_CLAIMS_INVALID' })
  metabase.fail('account-needed')
  await t.rejects(app.metabaseSso.exchange(ANN), { code: 'METABASE_SSO_ACCOUNT_REFUSED', statusCode: 403 })
})

t.test('a path in place of the options of ssoUrl is refused, not dropped', async t => {
  const { app } = await startHost(t)
  await app.ready()
  await t.rejects(app.metabaseSso.ssoUrl(ANN, '/question/5' as never), {
    code: 'METABASE_SSO_RETURN_TO_INVALID',
    message: 'return_to is not in an object: write ssoUrl(user, { returnTo: \'/dashboard/1\' })'
  })
})
