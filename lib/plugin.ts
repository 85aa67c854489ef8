import fastifyJwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import type { RegisterOptions } from 'fastify/types/register.js'
import { Pool } from 'undici'
import { createDecorator, decorate } from './decorator.js'
import { errorCodes } from './errors.js'
import { createGuestIssuer, type GuestIssuer } from './guest/issuer.js'
import { createGuard } from './metabase/call-policy.js'
import { createSend } from './metabase/transport.js'
import { createKeys } from './jwt/signing-keys.js'
import { createLogout } from './sessions/logout.js'
import { createMetabase } from './metabase/client.js'
import type { MetabaseSsoOptions, ResolvedOptions } from './options/schema.js'
import { resolveOptions } from './options/resolve.js'
import { guestRoute } from './routes/guest.js'
import { logoutRoute } from './routes/logout.js'
import { ssoRoute } from './routes/sso.js'
import { pseudonym } from './host/user.js'
import type { Secret, SecretFunction } from './jwt/secret-provider.js'
import { createSessionCache } from './sessions/cache.js'
import { createSessionMemory, type SessionMemory } from './sessions/registry.js'
import { createSessionReuse } from './sessions/provider.js'
import { createSignIn } from './sign-in.js'
import { createTokenIssuer } from './jwt/issuer.js'

/** Wires the parts together for one registration. */
export async function plugin (app: FastifyInstance, registration: MetabaseSsoOptions & RegisterOptions): Promise<void> {
  const options = resolveOptions(registration)
  requireSession(app, options)
  const { instanceUrl, timeout, guest: guestOptions } = options
  const send = createSend(instanceUrl, options.dispatcher ?? ownPool(app, options), timeout)
  const metabase = createMetabase(send, createGuard(options, app.log))
  const cache = options.cache ? createSessionCache(instanceUrl, timeout, Date.now) : undefined
  const memory = options.logout === false ? undefined : rememberSessions(app, options)
  const logout = memory && createLogout(instanceUrl, memory, cache, metabase)

  // fastify-plugin lifts this function into the host's scope, where Fastify's register options have no effect: they go to a scope of ours.
  const { prefix, logLevel } = registration
  const { metabaseUser = pseudonym, ...logSerializers } = registration.logSerializers ?? {}
  if (typeof metabaseUser !== 'function') throw new errorCodes.METABASE_SSO_OPTION_INVALID('logSerializers', 'must hold functions')
  await app.register(async scope => {
    const tokens = createTokenIssuer(await signer(scope, 'secret', options.secret), options, Date.now)
    const keys = createKeys(options)
    const signIn = createSignIn(options, { keys, tokens, metabase, memory, log: app.log })
    const reuse = createSessionReuse(signIn, keys, cache)
    ssoRoute(scope, options, signIn, reuse, metabaseUser)

    // The next two in scopes of their own, as their parsers for bodies are.
    if (logout !== undefined) await scope.register(async scope => logoutRoute(scope, options, logout))
    let guest: GuestIssuer | undefined
    if (guestOptions !== undefined) {
      const issuer = createGuestIssuer(await signer(scope, 'guest.secret', guestOptions.secret), guestOptions, options, async () => (await keys.current()).secret, Date.now)
      await scope.register(async scope => guestRoute(scope, options, guestOptions, issuer))
      guest = issuer
    }

    decorate(app, createDecorator({ signIn, metabase, logout, guest }), options.namespace)
  }, { prefix, logLevel, logSerializers })
}

/** `@fastify/jwt` in our own scope and under our own name: a host that has it, before or after us, keeps its own. */
async function signer (scope: FastifyInstance, option: 'secret' | 'guest.secret', secret: Secret | SecretFunction): Promise<JWT> {
  const namespace = option === 'secret' ? 'metabaseSso' : 'metabaseGuest'
  if (!Object.hasOwn(scope, 'jwt')) scope.decorate('jwt', Object.create(null))
  try {
    await scope.register(fastifyJwt, { namespace, secret, sign: { algorithm: 'HS256' } })
  } catch (cause) { // such as for a PEM key
    throw new errorCodes.METABASE_SSO_OPTION_INVALID(option, 'is no key for HS256', { cause })
  }
  return (scope.jwt as JWT & Record<typeof namespace, JWT>)[namespace]
}

function rememberSessions (app: FastifyInstance, { instanceUrl, timeout }: ResolvedOptions): SessionMemory {
  const memory = createSessionMemory(instanceUrl, timeout)
  app.addHook('onRequest', (request, _reply, done) => {
    memory.note(request)
    done()
  })
  // After every onRequest hook, and so after that of @fastify/session, should it be registered after us.
  app.addHook('preParsing', (request, _reply, payload, done) => {
    memory.note(request)
    done(null, payload)
  })
  app.addHook('onSend', (request, _reply, payload, done) => {
    const move = memory.move(request)
    if (move === undefined) return done(null, payload)
    // Returned, as Fastify catches what sending throws after a promise, but not what it throws after a late `done`.
    return move.catch(err => request.log.warn({ err }, 'what is remembered of a session that got another id stays with the old one'))
  })
  return memory
}

function ownPool (app: FastifyInstance, { instanceUrl, timeout, connections }: ResolvedOptions): Pool {
  // Nobody waits for a connection any longer than for an answer; neither should closing the app. Answers have our deadline, which may be longer than undici's.
  const pool = new Pool(new URL(instanceUrl).origin, { connections, connect: { timeout }, headersTimeout: 0, bodyTimeout: 0 })
  app.addHook('onClose', async () => await pool.close())
  return pool
}

/** Without `getUser`, and for `logout` and `cache`, somebody has to provide sessions. Looked for when the app is complete, as they may be registered after us. */
function requireSession (app: FastifyInstance, { getUser, logout, cache }: ResolvedOptions): void {
  app.addHook('onReady', async () => {
    if (getUser === undefined && !hasOnRequests(app, 'session')) throw new errorCodes.METABASE_SSO_SESSION_MISSING()
    if ((logout !== false || cache) && !hasOnRequests(app, 'sessionStore')) throw new errorCodes.METABASE_SSO_SESSION_STORE_MISSING(logout === false ? 'cache' : 'logout')
  })
}

function hasOnRequests (app: FastifyInstance, name: string): boolean {
  // A scope does not list what its parents were given later, but has it all the same. Each scope inherits from its parent.
  for (let scope = app; 'hasRequestDecorator' in scope; scope = Object.getPrototypeOf(scope)) {
    if (scope.hasRequestDecorator(name)) return true
  }
  return false
}
