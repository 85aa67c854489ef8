import t from 'tap'
import metabaseSso, { type MetabaseSso } from '../../index.js'
import { whoIs } from '../helpers/browser.js'
import { ANN, SECRET, standIn, startHost } from '../helpers/host.js'

declare module '../../index.js' {
  interface MetabaseSsoNamespaces { eu: MetabaseSso }
}

for (const order of ['before', 'after'] as const) {
  t.test(`one registration may go without a namespace, ${order} the one that has it`, async t => {
    const { app, metabase } = await startHost(t, { options: false })
    const eu = await standIn(t)
    const plain = { secret: SECRET, instanceUrl: metabase.url }
    const named = { secret: SECRET, instanceUrl: eu.url, namespace: 'eu', path: '/eu' }
    for (const options of order === 'before' ? [plain, named] : [named, plain]) app.register(metabaseSso, options)
    await app.ready()

    t.same(
      Object.keys(app.metabaseSso).toSorted(),
      ['diagnose', 'eu', 'exchange', 'guestEmbedUrl', 'revoke', 'sign', 'signGuest', 'ssoUrl']
    )
    t.equal(await whoIs(metabase, (await app.metabaseSso.exchange(ANN)).id), ANN.email)
    t.equal(await whoIs(eu, (await app.metabaseSso.eu.exchange(ANN)).id), ANN.email)
    t.same([metabase.logins, eu.logins], [1, 1])
  })
}
