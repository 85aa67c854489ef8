import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { askHost } from './host/authorize.js'
import { claimsOf, type Claims } from './claims.js'
import type { Cancellation } from './metabase/deadline.js'
import { errorCodes } from './errors.js'
import type { Key, Keys } from './jwt/signing-keys.js'
import type { Attempt, Exchange, Metabase } from './metabase/client.js'
import type { ResolvedOptions } from './options/schema.js'
import { rememberExchange } from './sessions/remember-exchange.js'
import { checkReturnTo } from './metabase/return-to.js'
import type { SessionMemory } from './sessions/registry.js'
import type { TokenIssuer } from './jwt/issuer.js'

/** The three things a sign-in can yield, each from checked claims. */
export interface SignIn {
  /**
   * The claims of a user who may sign in.
   * @throws METABASE_SSO_NOT_AUTHORIZED, METABASE_SSO_AUTHORIZE_FAILED, METABASE_SSO_MAPPER_FAILED or a METABASE_SSO_CLAIM… error
   */
  claims (user: unknown, request?: FastifyRequest): Promise<Claims>
  jwt (claims: Claims): Promise<string>
  /**
   * @param request whose user session remembers the Metabase session, where the host wants that
   * @param gone when nobody waits for it any more
   * @throws METABASE_SSO_NOT_AUTHENTICATED when the user has signed out meanwhile, or the session has got another id
   */
  exchange (claims: Claims, request?: FastifyRequest, gone?: Cancellation): Promise<Exchange>
  /** @throws METABASE_SSO_RETURN_TO_INVALID */
  ssoUrl (claims: Claims, returnTo?: string): Promise<URL>
}

interface Parts {
  keys: Keys
  tokens: TokenIssuer
  metabase: Metabase
  /** Absent when the host has no use for it. */
  memory: SessionMemory | undefined
  /** Where there is no request. */
  log: FastifyBaseLogger
}

export function createSignIn (options: ResolvedOptions, { keys, tokens, metabase, memory, log: appLog }: Parts): SignIn {
  const { instanceUrl, mapUserToClaims, authorize, requireTenant } = options

  const jwt: SignIn['jwt'] = async claims => tokens.issue(claims, await keys.current()).jwt

  return {
    async claims (user, request) {
      if (authorize !== undefined) await askHost(() => authorize(user, request), 'METABASE_SSO_NOT_AUTHORIZED', mustBeTrue)
      const claims = await claimsOf(mapUserToClaims, user, request)
      if (requireTenant && claims['@tenant'] === undefined) throw new errorCodes.METABASE_SSO_CLAIM_TENANT_MISSING()
      return claims
    },
    jwt,
    async exchange (claims, request, gone) {
      // The key before Metabase's time begins, so that a vault that is slow is not taken for a slow Metabase.
      if (memory === undefined || request === undefined) return await exchange(claims, await keys.likely(), request?.log ?? appLog, gone)
      return await rememberExchange(memory, request, metabase, async () => await exchange(claims, await keys.likely(), request.log, gone))
    },
    async ssoUrl (claims, returnTo) {
      if (returnTo !== undefined) checkReturnTo(returnTo, instanceUrl)
      const url = new URL(`${instanceUrl}/auth/sso`)
      url.searchParams.set('jwt', await jwt(claims))
      if (returnTo !== undefined) url.searchParams.set('return_to', returnTo)
      return url
    }
  }

  function exchange (claims: Claims, likely: Key, log: FastifyBaseLogger, gone: Cancellation | undefined): Promise<Exchange> {
    const attempt = (key: Key): Attempt => ({
      token: tokens.issue(claims, key),
      probe: () => tokens.issueProbe(key),
      taken: () => { if (keys.taken(key)) logTaken(key, log) }
    })
    return metabase.exchange(() => attempt(likely), async function * () {
      for await (const key of keys.others(likely)) yield () => attempt(key)
    }, gone)
  }
}

function logTaken ({ option }: Key, log: FastifyBaseLogger): void {
  if (option === 'secret') log.info('Metabase has the signing key in `secret` now')
  else log.warn('Metabase still has the signing key in `previousSecret`, not the one in `secret`')
}

function mustBeTrue (answer: unknown): void {
  if (answer !== true) throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED()
}
