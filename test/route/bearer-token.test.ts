import jwt from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import t from 'tap'
import { whoIs } from '../helpers/browser.js'
import { ANN, startHost, type AppUser } from '../helpers/host.js'

const HOST_SECRET = 'the secret of the host app, for its own bearer tokens'

async function bearerHost (t: Parameters<typeof startHost>[0]) {
  return await startHost(t, {
    before: async (app: FastifyInstance) => { await app.register(jwt, { secret: HOST_SECRET }) },
    options: { getUser: async request => await request.jwtVerify<AppUser>() }
  })
}

t.test("a bearer token of the host's own @fastify/jwt says who is signed in", async t => {
  const { app, metabase } = await bearerHost(t)
  await app.ready()
  const response = await app.inject(
    { url: '/sso/metabase', headers: { authorization: `Bearer ${app.jwt.sign({ email: ANN.email })}` } }
  )
  t.equal(await whoIs(metabase, response.json().id), ANN.email)
})

t.test('without a token, or with one that does not count, nobody is signed in', async t => {
  const { app, metabase } = await bearerHost(t)
  await app.ready()
  const user = { email: ANN.email }
  const forMetabase = await app.metabaseSso.sign(ANN)
  const unsigned = `${Buffer.from(
    '{"alg":"none","typ":"JWT"}'
  ).toString('base64url')}.${Buffer.from(JSON.stringify(user)).toString('base64url')}.`
  for (const [name, authorization] of [
    ['none', undefined],
    ['another scheme', 'Basic YW5uOnB3'],
    ['garbage', 'Bearer garbage'],
    ['expired', `Bearer ${app.jwt.sign({ ...user, exp: 1 })}`],
    ['of another secret', `Bearer ${app.jwt.sign(user, { key: 'another secret' })}`],
    ['meant for Metabase', `Bearer ${forMetabase}`],
    ['unsigned', `Bearer ${unsigned}`]
  ] as const) {
    const response = await app.inject(
      { url: '/sso/metabase', headers: authorization === undefined ? {} : { authorization } }
    )
    t.equal(response.statusCode, 401, name)
    t.equal(response.json().code, 'METABASE_SSO_NOT_AUTHENTICATED', name)
  }
  t.equal(metabase.requests.length, 0)
})
