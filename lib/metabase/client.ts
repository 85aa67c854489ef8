import type { Claims } from '../claims.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token, TokenIssuer } from '../jwt/issuer.js'
import type { SigningKeys } from '../jwt/signing-keys.js'
import type { Secret } from '../options/secret.js'
import type { CallPolicy } from './call-policy.js'
import { errorOf } from './error-mapping.js'
import {
  DISCOVERY, exchangeMethods, probeRequest, type ExchangeMethod, type ExchangeMethodName
} from './exchange-methods.js'
import { readDiscovery, readSession, type Discovery, type MetabaseSession } from './responses.js'
import type { Transport } from './transport.js'

/** A Metabase session, and how it was exchanged. */
export interface Exchange {
  session: MetabaseSession
  method?: ExchangeMethodName
}

/** The conversation with one Metabase instance. */
export interface MetabaseClient {
  /**
   * Trades a fresh JWT of these claims for a session, within the timeout. It tries the next key when Metabase says
   * that the signature is wrong.
   * @param owner the user session, or the user, that it is for
   * @throws METABASE_SSO_SECRET_… and every error of status 403, 502, 503 and 504
   */
  exchange (claims: Claims, owner: string | undefined): Promise<Exchange>
}

interface Parts {
  transport: Transport
  policy: CallPolicy
  keys: SigningKeys
  tokens: TokenIssuer
  /** Milliseconds for a whole exchange. */
  timeout: number
}

export function createMetabaseClient ({ transport, policy, keys, tokens, timeout }: Parts): MetabaseClient {
  /** What worked last, and is tried first. */
  let lastMethod: ExchangeMethod | undefined

  async function exchange (claims: Claims, owner: string | undefined): Promise<Exchange> {
    const refused: Secret[] = []
    let timeLeft = timeout
    // Each key in a call of its own: what a function of the host takes to fetch one is not Metabase's time.
    for (let key: Secret | undefined = await keys.current(); key !== undefined; key = await keys.next(refused)) {
      const [began, signingKey] = [performance.now(), key]
      const result = await policy(signal => exchangeWithKey(claims, signingKey, signal), { owner, timeLeft })
      if (result !== undefined) {
        keys.confirm(key)
        return result
      }
      refused.push(key)
      timeLeft -= performance.now() - began
    }
    throw new errorCodes.METABASE_SSO_SECRET_REFUSED()
  }

  /** Returns undefined when Metabase says that the signature is wrong. */
  async function exchangeWithKey (claims: Claims, key: Secret, signal: AbortSignal): Promise<Exchange | undefined> {
    const result = await exchangeToken(tokens.issue(claims, key), signal)
    if (!(result instanceof MetabaseSsoError)) return result
    if (result.code === 'METABASE_SSO_SECRET_REFUSED') return undefined
    // Some versions do not say what is wrong with a JWT.
    const isUnclear = result.code === 'METABASE_SSO_TOKEN_REFUSED'
    if (isUnclear && await isRefused(tokens.issueProbe(key), signal)) return undefined
    throw result
  }

  async function exchangeToken (token: Token, signal: AbortSignal): Promise<Exchange | MetabaseSsoError> {
    if (lastMethod !== undefined) {
      const { result, isUnsupported } = await exchangeVia(lastMethod, token, signal)
      if (!isUnsupported) return result
      lastMethod = undefined
    }
    let unsupported: MetabaseSsoError = new errorCodes.METABASE_SSO_ANSWER_UNEXPECTED()
    // Twice, should Metabase become another version between discovery and exchange.
    for (let round = 0; round < 2; round++) {
      const discovery = readDiscovery(await transport(DISCOVERY, signal))
      if (discovery instanceof MetabaseSsoError) return discovery
      for (const method of exchangeMethods.filter(method => method.fits(discovery))) {
        const { result, isUnsupported } = await exchangeVia(method, token, signal, discovery)
        if (!isUnsupported) return result
        unsupported = result
      }
    }
    return unsupported
  }

  type Attempt =
    | { result: Exchange | MetabaseSsoError, isUnsupported: false }
    | { result: MetabaseSsoError, isUnsupported: true }

  async function exchangeVia (
    method: ExchangeMethod, token: Token, signal: AbortSignal, discovery?: Discovery
  ): Promise<Attempt> {
    const response = await transport(method.request(token.jwt, discovery), signal)
    const session = readSession(response, token)
    if (session instanceof MetabaseSsoError) return { result: session, isUnsupported: method.isUnsupported(response) }
    lastMethod = method.isRemembered(response) ? method : undefined
    return { result: { session, method: method.name }, isUnsupported: false }
  }

  async function isRefused (probe: Token, signal: AbortSignal): Promise<boolean> {
    try {
      return errorOf(await transport(probeRequest(probe.jwt), signal)).code === 'METABASE_SSO_SECRET_REFUSED'
    } catch { // without an answer, what is known already has to do
      return false
    }
  }

  return { exchange }
}
