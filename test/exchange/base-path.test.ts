import t from 'tap'
import { asAnn, VERSIONS, outcome } from '../helpers/exchange.js'
import { startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: a Metabase that lives under a path is asked under that path`, async t => {
    const host = await startHost(t, { metabase: { version, basePath: '/tools/metabase' } })
    const signIn = await asAnn(host)

    for (let i = 0; i < 2; i++) t.strictSame(outcome(await signIn()), ['ok', 200])
    for (const { path } of host.metabase.requests) {
      t.match(
        path, /^\/tools\/metabase\/(auth\/sso|api\/session\/properties)/
      )
    }
  })
}

for (const ending of ['/', '///', '']) {
  t.test(`the instance URL may end with "${ending}"`, async t => {
    const behind = await startHost(t, { metabase: { basePath: '/metabase' } })
    const host = await startHost(t, { options: { instanceUrl: new URL(behind.metabase.url + ending) } })

    t.strictSame(outcome(await (await asAnn(host))()), ['ok', 200])
    t.strictSame(behind.metabase.requests.map(({ path }) => path), ['/metabase/auth/sso/to_session'])
  })
}
