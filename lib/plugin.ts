import fastifyJwt, { type JWT } from '@fastify/jwt'
import type { FastifyInstance } from 'fastify'
import type { RegisterOptions } from 'fastify/types/register.js'
import { Pool } from 'undici'
import { createDecorator, decorate } from './decorator.js'
import { errorCodes } from './errors.js'
import { createSend } from './http.js'
import { createMetabase } from './metabase.js'
import { resolveOptions, type MetabaseSsoOptions, type ResolvedOptions } from './options.js'
import { ssoRoute } from './routes/sso.js'
import { pseudonym } from './routes/user.js'
import { createSignIn } from './sign-in.js'
import { createTokenIssuer } from './token.js'

/** Wires the parts together for one registration. */
export async function plugin (app: FastifyInstance, registration: MetabaseSsoOptions & RegisterOptions): Promise<void> {
  const options = resolveOptions(registration)
  requireSession(app, options)
  const metabase = createMetabase(createSend(options.instanceUrl, options.dispatcher ?? ownPool(app, options), options.timeout), options.timeout)

  // fastify-plugin lifts this function into the host's scope, where Fastify's register options have no effect: they go to a scope of ours.
  const { prefix, logLevel } = registration
  const { metabaseUser = pseudonym, ...logSerializers } = registration.logSerializers ?? {}
  if (typeof metabaseUser !== 'function') throw new errorCodes.METABASE_SSO_OPTION_INVALID('logSerializers', 'must hold functions')
  await app.register(async scope => {
    const signIn = createSignIn(options, createTokenIssuer(await signer(scope, options), options, Date.now), metabase)
    decorate(app, createDecorator(signIn, metabase), options.namespace)
    ssoRoute(scope, options, signIn, metabaseUser)
  }, { prefix, logLevel, logSerializers })
}

/** @fastify/jwt in our own scope and under our own name: a host that has it, before or after us, keeps its own. */
async function signer (scope: FastifyInstance, { secret }: ResolvedOptions): Promise<JWT> {
  const jwt: JWT & { metabaseSso: JWT } = Object.create(null)
  scope.decorate('jwt', jwt)
  try {
    await scope.register(fastifyJwt, { namespace: 'metabaseSso', secret, sign: { algorithm: 'HS256' } })
  } catch (cause) { // such as for a PEM key
    throw new errorCodes.METABASE_SSO_OPTION_INVALID('secret', 'is no key for HS256', { cause })
  }
  return jwt.metabaseSso
}

function ownPool (app: FastifyInstance, { instanceUrl, timeout }: ResolvedOptions): Pool {
  // Nobody waits for a connection any longer than for an answer; neither should closing the app.
  const pool = new Pool(new URL(instanceUrl).origin, { connect: { timeout } })
  app.addHook('onClose', async () => await pool.close())
  return pool
}

/** Without `getUser` somebody has to provide `request.session`. Looked for when the app is complete, as it may be registered after us. */
function requireSession (app: FastifyInstance, { getUser }: ResolvedOptions): void {
  if (getUser !== undefined) return
  app.addHook('onReady', async () => {
    // A scope does not list what its parents were given later, but has it all the same. Each scope inherits from its parent.
    for (let scope = app; 'hasRequestDecorator' in scope; scope = Object.getPrototypeOf(scope)) {
      if (scope.hasRequestDecorator('session')) return
    }
    throw new errorCodes.METABASE_SSO_SESSION_MISSING()
  })
}
