// A host app that declares `request.user` itself, as a hand-written authentication hook does.
import Fastify, { type FastifyRequest } from 'fastify'
import metabaseSso from 'fastify-metabase-sso'

interface MyUser { mail: string }

declare module 'fastify' {
  interface FastifyRequest { user: MyUser }
}

const app = Fastify()
await app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: 'https://metabase.example.com',
  getUser: request => request.user,
  mapUserToClaims: user => ({ email: user.mail })
})

// The plugin's own use of @fastify/jwt adds nothing to the host's requests.
type Added = FastifyRequest extends { jwtVerify: unknown } ? 'jwtVerify' : 'nothing'
export const added: Added = 'nothing'
