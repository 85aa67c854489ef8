// A host app with @fastify/passport, which declares `request.user`, too.
import passport from '@fastify/passport'
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

declare module 'fastify' {
  interface PassportUser { mail: string }
}

const app = Fastify()
await app.register(passport.initialize())
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: 'https://metabase.example.com',
  getUser: request => request.user,
  mapUserToClaims: user => ({ email: user.mail })
})
