import type { FastifyBaseLogger, FastifyRequest } from 'fastify'
import { askHost } from './authorize.js'
import { claimsOf, type Claims } from './claims.js'
import { errorCodes } from './errors.js'
import type { Keys } from './keys.js'
import type { Exchange, Metabase } from './metabase.js'
import type { ResolvedOptions } from './options.js'
import { checkReturnTo } from './return-to.js'
import type { SessionMemory } from './session-memory.js'
import type { TokenIssuer } from './token.js'

/** The three things a sign-in can yield, each from checked claims. */
export interface SignIn {
  /**
   * The claims of a user who may sign in.
   * @throws METABASE_SSO_NOT_AUTHORIZED, METABASE_SSO_AUTHORIZE_FAILED, METABASE_SSO_MAPPER_FAILED or a METABASE_SSO_CLAIM… error
   */
  claims (user: unknown, request?: FastifyRequest): Promise<Claims>
  jwt (claims: Claims): Promise<string>
  exchange (claims: Claims, context: ExchangeContext): Promise<Exchange>
  /** @throws METABASE_SSO_RETURN_TO_INVALID */
  ssoUrl (claims: Claims, returnTo?: string): Promise<URL>
}

/** For whom an exchange is. */
interface ExchangeContext {
  /** Its user session remembers the Metabase session, where the host wants that. */
  request: FastifyRequest | undefined
  /** What others who ask for the same may find it by. Default: they may not. */
  purpose?: string
  /** When nobody waits for it any more. */
  gone?: AbortSignal
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
      if (authorize !== undefined) {
        const answer = await askHost(() => authorize(user, request), 'METABASE_SSO_NOT_AUTHORIZED')
        if (answer !== true) throw new errorCodes.METABASE_SSO_AUTHORIZE_FAILED()
      }
      const claims = await claimsOf(mapUserToClaims, user, request)
      if (requireTenant && claims['@tenant'] === undefined) throw new errorCodes.METABASE_SSO_CLAIM_TENANT_MISSING()
      return claims
    },
    jwt,
    async exchange (claims, { request, purpose, gone }) {
      const log = request?.log ?? appLog
      const { session, generation, key } = await metabase.exchange(attempts(claims), gone)
      if (keys.taken(key)) {
        if (key.option === 'secret') log.info('Metabase has the signing key in `secret` now')
        else log.warn('Metabase still has the signing key in `previousSecret`, not the one in `secret`')
      }
      if (memory !== undefined && request !== undefined) {
        await memory.remember(request, session, purpose).catch(err => log.warn({ err }, 'a Metabase session could not be remembered: signing out will not end it'))
      }
      return { session, generation }
    },
    async ssoUrl (claims, returnTo) {
      if (returnTo !== undefined) checkReturnTo(returnTo, instanceUrl)
      const url = new URL(`${instanceUrl}/auth/sso`)
      url.searchParams.set('jwt', await jwt(claims))
      if (returnTo !== undefined) url.searchParams.set('return_to', returnTo)
      return url
    }
  }

  async function * attempts (claims: Claims) {
    for await (const key of keys.candidates()) {
      yield { key, token: tokens.issue(claims, key), probe: () => tokens.issueProbe(key) }
    }
  }
}
