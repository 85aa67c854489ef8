import Fastify from 'fastify'
import t from 'tap'
import { errorCodes } from '../../index.js'
import { startHost } from '../helpers/host.js'

const refusal = Object.assign(new Error('closed for the night'), { statusCode: 403, code: 'HOST_CLOSED' })

t.test('the route shows an error that the host throws as any other route does', async t => {
  const { app } = await startHost(t, {
    before: app => { app.addHook('onRequest', async () => { throw refusal }) },
    after: app => { app.get('/other', async () => 'other') }
  })
  const [ours, other] = [await app.inject('/sso/metabase'), await app.inject('/other')]
  t.equal(ours.statusCode, 403)
  t.same(ours.json(), other.json())
  t.match(ours.json(), { code: 'HOST_CLOSED', message: 'closed for the night' })
})

t.test('a host that sends an error of its own has its fields sent', async t => {
  const { app } = await startHost(t, {
    before: app => {
      app.setErrorHandler((error, _request, reply) => reply.code(403).send(error))
      app.addHook('onRequest', async () => { throw refusal })
    }
  })
  t.match((await app.inject('/sso/metabase')).json(), { code: 'HOST_CLOSED', message: 'closed for the night' })
})

t.test('a getUser that throws one of our errors has that one answered', async t => {
  const { app } = await startHost(t, {
    options: {
      getUser: () => {
        throw new errorCodes.METABASE_SSO_ACCOUNT_REFUSED()
      }
    }
  })
  t.match((await app.inject('/sso/metabase')).json(), { code: 'METABASE_SSO_ACCOUNT_REFUSED' })
})

t.test('what Fastify itself refuses in a path rejects the boot', async t => {
  const app = Fastify()
  t.teardown(() => app.close())
  const { default: metabaseSso } = await import('../../index.js')
  app.register(
    metabaseSso,
    { secret: 'x'.repeat(32), instanceUrl: 'https://metabase.example.com', getUser: () => null, path: '/:a(' }
  )
  await t.rejects(async () => await app.ready(), /^(?!.*already taken).*regexp/i)
})

t.test('a host that answers for the route has all of its JSON sent', async t => {
  const { app } = await startHost(t, {
    before: app => app.addHook('onRequest', async (_request, reply) => reply.code(401).send({ log: { in: 'first' } }))
  })
  t.strictSame((await app.inject('/sso/metabase')).json(), { log: { in: 'first' } })
})
