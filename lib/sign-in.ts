import type { FastifyRequest } from 'fastify'
import { claimsOf, type Claims } from './claims.js'
import type { Exchange, Metabase } from './metabase.js'
import type { ResolvedOptions } from './options.js'
import { checkReturnTo } from './return-to.js'
import type { TokenIssuer } from './token.js'

/** The three things a sign-in can yield, each from checked claims. */
export interface SignIn {
  /** @throws METABASE_SSO_MAPPER_FAILED or a METABASE_SSO_CLAIM… error */
  claims (user: unknown, request?: FastifyRequest): Promise<Claims>
  jwt (claims: Claims): Promise<string>
  exchange (claims: Claims): Promise<Exchange>
  /** @throws METABASE_SSO_RETURN_TO_INVALID */
  ssoUrl (claims: Claims, returnTo?: string): Promise<URL>
}

export function createSignIn ({ instanceUrl, mapUserToClaims }: ResolvedOptions, tokens: TokenIssuer, metabase: Metabase): SignIn {
  return {
    claims: (user, request) => claimsOf(mapUserToClaims, user, request),
    jwt: async claims => (await tokens.issue(claims)).jwt,
    exchange: async claims => await metabase.exchange(await tokens.issue(claims), () => tokens.issueProbe()),
    async ssoUrl (claims, returnTo) {
      if (returnTo !== undefined) checkReturnTo(returnTo, instanceUrl)
      const url = new URL(`${instanceUrl}/auth/sso`)
      url.searchParams.set('jwt', (await tokens.issue(claims)).jwt)
      if (returnTo !== undefined) url.searchParams.set('return_to', returnTo)
      return url
    }
  }
}
