import t from 'tap'
import metabaseSso from '../../index.js'
import { tradeAsClient, visit, whoIs } from '../helpers/browser.js'
import { VERSIONS } from '../helpers/exchange.js'
import { ANN, NAVIGATION, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  for (const slash of ['', '/']) {
    t.test(`${version}: every answer works with a Metabase under a path: /metabase${slash}`, async t => {
      const prefixed = { version, basePath: '/metabase' }
      const { app, metabase, logIn } = await startHost(t, { metabase: prefixed, options: false })
      app.register(metabaseSso, { secret: metabase.secret, instanceUrl: metabase.url + slash })
      const cookies = await logIn()

      const session = await app.inject({ url: '/sso/metabase', cookies })
      t.equal(await whoIs(metabase, session.json().id), ANN.email)

      const jwt = await app.inject({ url: '/sso/metabase?response=json', cookies })
      t.equal(await whoIs(metabase, await tradeAsClient(metabase, jwt.json().jwt)), ANN.email)

      const path = '/sso/metabase?return_to=/metabase/dashboard/1'
      const redirect = await app.inject({ url: path, cookies, headers: NAVIGATION })
      const { url, page } = await visit(String(redirect.headers.location))
      t.equal(url, `${metabase.url}/dashboard/1`)
      t.match(page, 'as seen by ann@example.com')
      t.ok(metabase.requests.every(({ path }) => path.startsWith('/metabase/')), 'nothing was asked beside it')
    })
  }
}
