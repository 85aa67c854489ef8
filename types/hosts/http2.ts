// A host app over HTTP/2, whose requests are of a type of their own, with `exactOptionalPropertyTypes`.
import Fastify, {
  type FastifyPluginAsync, type FastifyPluginOptions, type FastifyRequest, type RouteGenericInterface
} from 'fastify'
import type { Http2SecureServer, Http2Server } from 'node:http2'
import metabaseSso, { type Claims, type GuestItem, type MetabaseSsoOptions } from 'fastify-metabase-sso'
import { startMetabase } from 'fastify-metabase-sso/testing'

interface User { mail: string, first?: string, roles?: string[], org?: string }

declare module 'fastify' {
  interface FastifyContextConfig { isPublic?: boolean }
}

const { PUBLIC_URL, VERSION } = process.env
const users = new Map<string, User>()

const toClaims = ({ mail, first, roles, org }: User): Claims =>
  ({
    email: mail, first_name: first, last_name: undefined, groups: roles, '@tenant': org, '@tenant.attributes': undefined
  })

const options: MetabaseSsoOptions<User> = {
  secret: process.env.METABASE_JWT_SHARED_SECRET,
  instanceUrl: 'https://metabase.example.com',
  publicUrl: PUBLIC_URL,
  routeConfig: { isPublic: true },
  logout: { path: undefined, routeConfig: { isPublic: false } },
  mapUserToClaims: toClaims
}

const app = Fastify({ http2: true })
const userOf = (request: FastifyRequest<RouteGenericInterface, Http2Server>) => users.get(request.raw.authority)
await app.register(metabaseSso, { ...options, getUser: userOf })
await app.register(metabaseSso, { ...options, getUser: request => userOf(request) })
await app.register(metabaseSso, { ...options, getUser: (request: FastifyRequest) => users.get(request.ip) })
app.get('/', async request => {
  const user = { mail: 'ann@example.com' }
  const { returnTo } = request.query as { returnTo?: string }
  await app.metabaseSso.exchange(user, request)
  await app.metabaseSso.sign(user, request)
  await app.metabaseSso.ssoUrl(user, { returnTo }, request)
  await app.metabaseSso.guestEmbedUrl(
    { resource: { dashboard: 1 }, params: undefined }, { bordered: undefined, theme: undefined }
  )
  return await app.metabaseSso.revoke(request)
})

// Each function of the host's may be for requests over HTTP/2.
type Http2Request = FastifyRequest<RouteGenericInterface, Http2Server>
const isAllowed = (user: User, request: Http2Request | undefined): boolean =>
  user.roles !== undefined || request?.raw.httpVersionMajor === 2
await app.register(metabaseSso, {
  ...options,
  getUser: userOf,
  mapUserToClaims: (user: User, request: Http2Request | undefined) =>
    ({ ...toClaims(user), host: request?.raw.authority }),
  authorize: isAllowed,
  allowAdministrators: isAllowed,
  origin: (origin: string, request: Http2Request) => origin === request.raw.authority,
  loginUrl: (request: Http2Request) => `/login?host=${request.raw.authority}`,
  errorUrl: (error: Error, request: Http2Request) => `/error?host=${request.raw.authority}&message=${error.message}`,
  guest: {
    secret: 'x',
    authorize: (user: User, item: GuestItem, request: Http2Request) =>
      ({ host: request.raw.authority, of: user.mail, item: item.entityId })
  }
})

const secure = Fastify({ http2: true, https: {} })
const ofSecure = (request: FastifyRequest<RouteGenericInterface, Http2SecureServer>) => users.get(request.ip)
await secure.register(metabaseSso, { ...options, getUser: ofSecure })
secure.get('/', async request => await secure.metabaseSso.revoke(request))

// Other functions that register plugins, as NestJS's.
declare function register<Options extends FastifyPluginOptions> (
  plugin: FastifyPluginAsync<Options>, options: Options
): void
register<MetabaseSsoOptions<User>>(
  metabaseSso, { ...options, getUser: userOf, mapUserToClaims: user => ({ email: user.mail }) }
)

export const metabase = await startMetabase(
  { secret: 'x', port: undefined, basePath: VERSION === undefined ? undefined : '/bi' }
)
