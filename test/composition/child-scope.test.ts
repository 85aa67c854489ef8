import t from 'tap'
import metabaseSso, { type MetabaseSso } from '../../index.js'
import { whoIs } from '../helpers/browser.js'
import { ANN, SECRET, standIn, startHost } from '../helpers/host.js'

declare module '../../index.js' {
  interface MetabaseSsoNamespaces { eu: MetabaseSso, us: MetabaseSso }
}

/** Own and inherited. */
function namesIn (api: object): string[] {
  const names = []
  for (const name in api) names.push(name)
  return names.toSorted()
}

t.test('what a child scope registers stays there; what its parent has is there, too', async t => {
  const { app, metabase } = await startHost(t)
  const eu = await standIn(t)
  const us = await standIn(t)
  let children = 0
  for (const [namespace, { url: instanceUrl }] of [['eu', eu], ['us', us]] as const) {
    app.register(async scope => {
      await scope.register(metabaseSso, { secret: SECRET, instanceUrl, namespace })
      scope.addHook('onReady', async () => {
        t.same(
          namesIn(scope.metabaseSso),
          [namespace, 'diagnose', 'exchange', 'guestEmbedUrl', 'revoke', 'sign', 'signGuest', 'ssoUrl'].toSorted()
        )
        t.equal(scope.metabaseSso.exchange, app.metabaseSso.exchange)
        children++
      })
    }, { prefix: `/${namespace}` })
  }
  await app.ready()

  t.equal(children, 2)
  t.same(namesIn(app.metabaseSso), ['diagnose', 'exchange', 'guestEmbedUrl', 'revoke', 'sign', 'signGuest', 'ssoUrl'])
  t.equal(await whoIs(metabase, (await app.metabaseSso.exchange(ANN)).id), ANN.email)
})

t.test('a child scope may have an instance of its own in place of its parent\'s', async t => {
  const { app, metabase, logIn } = await startHost(t)
  const other = await standIn(t)
  app.register(async scope => {
    await scope.register(metabaseSso, { secret: SECRET, instanceUrl: other.url })
    scope.get('/who', async () => await scope.metabaseSso.ssoUrl(ANN))
  }, { prefix: '/other' })
  const cookies = await logIn()

  t.match((await app.inject('/other/who')).json(), new RegExp(`^${other.url}/`))
  t.equal((await app.metabaseSso.ssoUrl(ANN)).origin, metabase.url)
  t.equal(await whoIs(other, (await app.inject({ url: '/other/sso/metabase', cookies })).json().id), ANN.email)
  t.equal(await whoIs(metabase, (await app.inject({ url: '/sso/metabase', cookies })).json().id), ANN.email)
})

t.test('a child scope sees what its parent registers after it', async t => {
  const { app } = await startHost(t)
  const late = await standIn(t)
  app.register(async scope => {
    await scope.register(metabaseSso, { secret: SECRET, instanceUrl: late.url, namespace: 'eu' })
    scope.get('/names', async () => namesIn(scope.metabaseSso))
  }, { prefix: '/child' })
  app.register(metabaseSso, { secret: SECRET, instanceUrl: late.url, namespace: 'us', path: '/us' })
  t.same(
    (await app.inject('/child/names')).json(),
    ['diagnose', 'eu', 'exchange', 'guestEmbedUrl', 'revoke', 'sign', 'signGuest', 'ssoUrl', 'us']
  )
})
