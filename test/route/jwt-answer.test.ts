import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { syncGroups } from '../helpers/groups.js'
import { VERSIONS } from '../helpers/exchange.js'
import { ANN, startHost } from '../helpers/host.js'

for (const version of VERSIONS) {
  t.test(`${version}: ?response=json answers a JWT that signs its user in`, async t => {
    const { app, metabase, logIn } = await startHost(t, { metabase: { version } })
    syncGroups(metabase, 'sales')
    const response = await app.inject({ url: '/sso/metabase?response=json', cookies: await logIn() })

    t.equal(response.statusCode, 200)
    t.match(response.headers['content-type'], /^application\/json/)
    t.same(Object.keys(response.json()), ['jwt'])
    t.equal(metabase.requests.length, 0, 'the client alone talks to Metabase')
    t.equal(await whoIs(metabase, await tradeAsClient(metabase, response.json().jwt)), ANN.email)
    t.match(metabase.users.get(ANN.email), { first_name: 'Ann', last_name: 'Lee', groups: ['sales'] })
    t.equal(metabase.logins, 1)
  })
}

t.test('each time a fresh JWT is answered: none lives longer than tokenLifetime', async t => {
  const { app, logIn } = await startHost(t, { options: { tokenLifetime: 42 } })
  const response = await app.inject({ url: '/sso/metabase?response=json', cookies: await logIn() })

  const [, payload = ''] = response.json().jwt.split('.')
  const { iat, exp } = JSON.parse(Buffer.from(payload, 'base64url').toString())
  t.equal(exp - iat, 42)
  t.ok(Math.abs(iat - Date.now() / 1000) < 30)
})
