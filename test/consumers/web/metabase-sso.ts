// web/metabase-sso.ts
import Fastify from 'fastify'
import metabaseSso from 'fastify-metabase-sso'
import { userOf } from './auth.ts'

const app = Fastify({ logger: true })
app.register(metabaseSso, {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: String(process.env.METABASE_INSTANCE_URL),
  getUser: request => userOf(new Headers(request.headers as Record<string, string>)),
  mapUserToClaims: user => ({ email: user.email })
})

export async function handle (request: Request): Promise<Response> {
  const { method, url, headers } = request
  const payload = Buffer.from(await request.arrayBuffer())
  const { pathname, search } = new URL(url)
  const injected = { method: method as 'GET', url: pathname + search, headers: Object.fromEntries(headers), payload }
  const { body, statusCode: status, headers: answered } = await app.inject(injected)
  return new Response(body || null, { status, headers: answered as Record<string, string> })
}
