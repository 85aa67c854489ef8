import t from 'tap'
import { doctor, rightSetup } from '../helpers/doctor.js'
import { ORIGIN, SECRET, startHost } from '../helpers/host.js'

t.test('the route of the quick start is where the stand-in expects it', async t => {
  const { args, env } = await rightSetup(t)
  const { stdout } = await doctor([...args, '--app-url', 'http://localhost:3000/sso/metabase', '--only', 'sso'], env)
  t.match(stdout, /\npass identity-provider: /)
})

t.test('doctor --app-url asks the route of the app from outside', async t => {
  const { app, metabase } = await startHost(t)
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  metabase.settings.corsOrigins = [ORIGIN]
  metabase.identityProviderUri = `${url}/sso/metabase`
  const args = ['--instance-url', metabase.url, '--origin', ORIGIN, '--app-url']
  const { status, stdout } = await doctor([...args, `${url}/sso/metabase`], { METABASE_JWT_SHARED_SECRET: SECRET })
  t.equal(status, 0, stdout)
  for (const id of ['response', 'stranger', 'cors', 'foreign-origin', 'preflight', 'no-store', 'clock']) {
    t.match(stdout, new RegExp(`\npass app-${id}: `))
  }
  t.match((await doctor([...args, `${url}/elsewhere`], {})).stdout, /\nFAIL app-response: there is no route at this URL/)
  t.equal(metabase.logins, 0)
})
