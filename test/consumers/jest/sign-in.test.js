import Fastify from 'fastify'
import metabaseSso, { MetabaseSsoError } from 'fastify-metabase-sso'
import { startMetabase } from 'fastify-metabase-sso/testing'

const secret = 'a shared secret of 32 characters or more'

test('the app signs its user in to Metabase', async () => {
  const metabase = await startMetabase({ secret })
  const app = Fastify()
  await app.register(metabaseSso, { secret, instanceUrl: metabase.url, getUser: () => ({ email: 'ann@example.com' }) })
  expect((await app.inject('/sso/metabase')).json()).toMatchObject({ status: 'ok' })
  expect((await app.inject('/sso/metabase?response=json')).json()).toHaveProperty('jwt')
  metabase.fail('reset')
  await expect(app.metabaseSso.exchange({ email: 'ann@example.com' })).rejects.toThrow(MetabaseSsoError)
  await app.close()
  await metabase.close()
})
