import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { tradeAsClient, whoIs } from '../helpers/browser.js'
import { ANN, startHost } from '../helpers/host.js'

const HOST_SECRET = 'the secret of the host app, for its own bearer tokens'

for (const when of ['before', 'after'] as const) {
  t.test(`a host that registers its own @fastify/jwt ${when} us keeps it, and we keep ours`, async t => {
    const hostJwt = (app: FastifyInstance) => {
      app.register(jwt, { secret: HOST_SECRET, sign: { expiresIn: '1h' } })
      app.get('/token', async (_request, reply) => ({ token: await reply.jwtSign({ id: 7 }) }))
      app.get('/me', async request => {
        await request.jwtVerify()
        return request.user
      })
    }
    const { app, metabase, logIn } = await startHost(t, { [when]: hostJwt })
    const cookies = await logIn()

    const { jwt: ours } = (await app.inject({ url: '/sso/metabase?response=json', cookies })).json()
    t.equal(await whoIs(metabase, await tradeAsClient(metabase, ours)), ANN.email)
    t.throws(() => app.jwt.verify(ours), 'it is not signed with the secret of the host')

    const { token } = (await app.inject('/token')).json()
    t.match(app.jwt.verify(token, { key: HOST_SECRET }), { id: 7, iat: Number, exp: Number })
    t.match((await app.inject({ url: '/me', headers: { authorization: `Bearer ${token}` } })).json(), { id: 7 })
    t.equal((await app.inject({ url: '/me', headers: { authorization: `Bearer ${ours}` } })).statusCode, 401)
    t.notOk(Object.keys(app.jwt).includes('metabaseSso'))
    t.match(app.jwt.options.sign, { expiresIn: '1h' })
  })
}

t.test('the plugin leaves namespaces of the host’s @fastify/jwt alone, like-named too', async t => {
  for (const when of ['before', 'after'] as const) {
    const { app, metabase, logIn } = await startHost(t, {
      [when]: async (app: FastifyInstance) => {
        app.register(jwt, { secret: HOST_SECRET, namespace: 'metabaseSso' })
        app.register(jwt, { secret: 'yet another secret of the host app', namespace: 'other' })
      }
    })
    const { jwt: ours } = (await app.inject({ url: '/sso/metabase?response=json', cookies: await logIn() })).json()
    t.equal(await whoIs(metabase, await tradeAsClient(metabase, ours)), ANN.email, when)
    t.same(Object.keys(app.jwt).toSorted(), ['metabaseSso', 'other'])
  }
})

t.test('without one, the app has no jwt', async t => {
  const { app } = await startHost(t)
  await app.ready()
  t.notOk(app.hasDecorator('jwt'))
  for (const name of ['user', 'jwtVerify', 'jwtDecode', 'metabaseSsoJwtVerify']) {
    t.notOk(
      app.hasRequestDecorator(name), name
    )
  }
  for (const name of ['jwtSign', 'metabaseSsoJwtSign']) t.notOk(app.hasReplyDecorator(name), name)
})
