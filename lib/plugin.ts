import { randomUUID } from 'node:crypto'
import fastifyJwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import type { RegisterOptions } from 'fastify/types/register.js'
import type { Dispatcher } from 'undici'
import { createDecorator, decorate, type SignIn } from './decorator.js'
import { settingsOf, verifyInBackground } from './diagnosis/diagnose.js'
import { errorCodes } from './errors.js'
import { createGuestIssuer, type GuestIssuer } from './guest/issuer.js'
import { fastifySessions, sessionUser } from './host/session.js'
import { createSignJwt, createTokenIssuer, type Signer } from './jwt/issuer.js'
import { createSigningKeys, type SigningKeys } from './jwt/signing-keys.js'
import { createCallPolicy } from './metabase/call-policy.js'
import { createMetabaseClient } from './metabase/client.js'
import { checkEnvProxy, createDispatcher } from './metabase/dispatcher.js'
import { createRevocation } from './metabase/revocation.js'
import { createTransport, type GetDispatcher } from './metabase/transport.js'
import type { MetabaseSsoOptions } from './options/options.js'
import { resolveOptions, type ResolvedGuestOptions, type ResolvedOptions } from './options/resolve.js'
import type { SecretSource } from './options/secret.js'
import { warningsOf } from './options/warnings.js'
import { createOriginPolicy } from './routes/cors.js'
import { addGuestRoute } from './routes/guest.js'
import { addLogoutRoute } from './routes/logout.js'
import { pathBelow } from './routes/route.js'
import { addSsoRoute, pseudonym, type LogUser } from './routes/sso.js'
import { createLogout } from './sessions/logout.js'
import { createSessionProvider } from './sessions/provider.js'
import { createSessionRegistry } from './sessions/registry.js'
import type { MaybePromise } from './timeout.js'

/** Wires the parts of one registration. */
export async function plugin (app: FastifyInstance, registration: MetabaseSsoOptions & RegisterOptions): Promise<void> {
  const options = resolveOptions(registration, app.log)
  for (const warning of warningsOf(options)) app.log.warn(warning)
  const logUser = logUserOf(registration)
  requireSession(app, options)

  // fastify-plugin lifts this function into the host's scope, where Fastify's register options have no effect: a scope
  // of ours gets them.
  const { prefix, logLevel } = registration
  const { metabaseUser, ...logSerializers } = registration.logSerializers ?? {}
  await app.register(async scope => await wire(app, scope, options, logUser), { prefix, logLevel, logSerializers })
}

async function wire (
  app: FastifyInstance, scope: FastifyInstance, options: ResolvedOptions, logUser: LogUser
): Promise<void> {
  const { instanceUrl, publicUrl, timeout, secret: source, guest: guestOptions, logout: logoutOptions } = options

  const transport = createTransport(instanceUrl, dispatcherOf(app, options))
  const policy = createCallPolicy(transport, options, app.log)
  const revocation = createRevocation(policy)
  const registry = createSessionRegistry(instanceUrl, timeout)
  const isAllowed = createOriginPolicy(options)
  const keys = source && createSigningKeys('secret', source, timeout, app.log)

  let signIn: SignIn | undefined
  if (keys !== undefined) {
    const sign = await createSigner(scope, 'metabaseSso', source)
    const tokens = createTokenIssuer(sign, options.tokenLifetime)
    const client = createMetabaseClient({ instanceUrl, policy, keys, tokens })
    const flags = { cache: options.cache, logout: logoutOptions !== undefined }
    const sessions = createSessionProvider({ client, keys, revocation, registry, ...flags, log: app.log })
    signIn = { signJwt: createSignJwt(tokens, keys), sessions }
    await addSsoRoute(scope, { options, isAllowed, ...signIn, logUser })
  }
  const logout = logoutOptions && createLogout(registry, revocation, publicUrl)
  const { hostSessions } = options
  if (logoutOptions && logout) await addLogoutRoute(scope, { ...logoutOptions, hostSessions }, isAllowed, logout)
  const guest = guestOptions && await guestIssuer(scope, options, guestOptions, keys)
  if (guestOptions && guest) await addGuestRoute(scope, { options, guest: guestOptions, isAllowed, issuer: guest })

  const path = pathBelow(scope.prefix, options.path)
  decorate(app, createDecorator({ options, path, signIn, revocation, logout, guest }), options.namespace)
  if (options.verify && options.dispatcher === undefined && process.env.NODE_ENV !== 'test') verify(app, options, path)
}

/** Once the app listens: `inject` does not. */
function verify (app: FastifyInstance, options: ResolvedOptions, path: string): void {
  let end = async (): Promise<void> => {}
  app.addHook('onListen', done => {
    end = verifyInBackground(settingsOf(options, path), app.log)
    done()
  })
  app.addHook('preClose', async () => await end())
}

async function guestIssuer (
  scope: FastifyInstance, { publicUrl, timeout }: ResolvedOptions, guest: ResolvedGuestOptions,
  ssoKeys: SigningKeys | undefined
): Promise<GuestIssuer> {
  const sign = await createSigner(scope, 'metabaseGuest', guest.secret)
  const keys = createSigningKeys('guest.secret', guest.secret, timeout, scope.log)
  return createGuestIssuer({ sign, keys, ssoKeys, publicUrl, lifetime: guest.tokenLifetime })
}

/** `@fastify/jwt` in our own scope and under our own name: a host that has it, before or after us, keeps its own. */
async function createSigner (
  scope: FastifyInstance, namespace: 'metabaseSso' | 'metabaseGuest', source: SecretSource | undefined
): Promise<Signer> {
  if (!Object.hasOwn(scope, 'jwt')) scope.decorate('jwt', Object.create(null))
  // The key that it prepares when it is registered is the quickest to sign with. Any other is given with each call.
  const prepared = typeof source === 'object' ? source[0] : randomUUID()
  await scope.register(fastifyJwt, { namespace, secret: prepared, sign: { algorithm: 'HS256' } })
  const jwt = (scope.jwt as JWT & Record<typeof namespace, JWT>)[namespace]
  return (payload, key) => key === prepared ? jwt.sign(payload) : jwt.sign(payload, { key })
}

function logUserOf ({ logSerializers }: RegisterOptions): LogUser {
  const { metabaseUser = pseudonym } = logSerializers ?? {}
  if (typeof metabaseUser === 'function') return metabaseUser
  throw new errorCodes.METABASE_SSO_OPTION_INVALID('logSerializers', 'must hold functions')
}

/** Makes our own dispatcher at its first use. An app that listens does so in the background. */
function dispatcherOf (app: FastifyInstance, { dispatcher, timeout, connections }: ResolvedOptions): GetDispatcher {
  if (dispatcher !== undefined) return () => dispatcher
  checkEnvProxy()
  let own: Dispatcher | undefined
  let loading: Promise<Dispatcher> | undefined

  async function load (): Promise<Dispatcher> {
    // No request waits for a connection longer than for a response; neither should closing the app.
    own = await createDispatcher({ timeout, connections })
    return own
  }
  const get = (): MaybePromise<Dispatcher> => own ?? (loading ??= load())

  app.addHook('onListen', async () => { await get() })
  app.addHook('onClose', async () => await (await loading?.catch(() => undefined))?.close())
  return get
}

/** Looks for sessions when the app is complete, as they may be registered after us. */
function requireSession (app: FastifyInstance, options: ResolvedOptions): void {
  const { secret, guest, getUser, hostSessions, logout, cache } = options
  const needsUser = secret !== undefined || guest?.public !== true
  app.addHook('onReady', async () => {
    const isWithoutUser = needsUser && getUser === sessionUser && !hasOnRequests(app, 'session')
    if (isWithoutUser) throw new errorCodes.METABASE_SSO_SESSION_MISSING('`request.session` and no `getUser`')
    if ((logout === undefined && !cache) || hostSessions !== fastifySessions) return
    if (hasOnRequests(app, 'sessionStore')) return
    const option = logout === undefined ? 'cache' : 'logout'
    throw new errorCodes.METABASE_SSO_SESSION_MISSING(`\`request.sessionStore\` for the option "${option}"`)
  })
}

function hasOnRequests (app: FastifyInstance, name: string): boolean {
  // A scope does not list what its parents were given later, but has it all the same. Each inherits from its parent.
  for (let scope = app; 'hasRequestDecorator' in scope; scope = Object.getPrototypeOf(scope)) {
    if (scope.hasRequestDecorator(name)) return true
  }
  return false
}
