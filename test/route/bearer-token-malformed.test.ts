import jwt from '@fastify/jwt'
import t from 'tap'
import { startHost, type AppUser } from '../helpers/host.js'

// @fastify/jwt throws an error of status 400 here: the request is wrong, not the host's function.
for (const authorization of ['Bearer ', 'Bearer  ', 'Bearer two words']) {
  t.test(`the route answers 401 to a malformed header (authorization: "${authorization}")`, async t => {
    const { app, logs } = await startHost(t, {
      before: async app => {
        await app.register(jwt, { secret: 'the secret of the host app, for its own bearer tokens' })
      },
      options: { getUser: async request => await request.jwtVerify<AppUser>() }
    })
    const { statusCode } = await app.inject({ url: '/sso/metabase', headers: { authorization } })
    t.ok(statusCode === 400 || statusCode === 401, `${statusCode} is the fault of the client`)
    t.notOk(logs.some(({ level }) => Number(level) >= 50), 'no visitor can fill the log with errors')
  })
}
