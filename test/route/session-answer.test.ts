import t from 'tap'
import { VERSIONS } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: the answer is a session that Metabase accepts`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    const response = await app.inject({ url: '/sso/metabase', cookies: await logIn() })

    t.equal(response.statusCode, 200)
    const { id, exp, iat, status } = response.json()
    t.equal(status, 'ok')
    t.equal(exp - iat, 600)
    const me = await fetch(`${metabase.url}/api/user/current`, { headers: { 'x-metabase-session': id } })
    t.equal(me.status, 200)
    t.match(await me.json(), { email: ANN.email, first_name: 'Ann', last_name: 'Lee' })
  })
}
