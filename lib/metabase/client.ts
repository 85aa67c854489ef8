import type { CheckedClaims } from '../claims.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token, TokenIssuer } from '../jwt/issuer.js'
import type { SigningKeys } from '../jwt/signing-keys.js'
import type { Secret } from '../options/secret.js'
import type { CallPolicy, Dispatch } from './call-policy.js'
import { errorOf, isMethodUnknown } from './error-mapping.js'
import {
  DISCOVERY, exchangeMethods, PROPERTIES, type ExchangeMethod, type ExchangeMethodName
} from './exchange-methods.js'
import {
  isDiscovery, isSuccess, readDiscovery, readJson, readProperties, readSession,
  type Discovery, type MetabaseSession, type Properties
} from './responses.js'
import type { Response } from './transport.js'

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
  exchange (claims: CheckedClaims, owner: string): Promise<Exchange>
}

interface Parts {
  policy: CallPolicy
  keys: SigningKeys
  tokens: TokenIssuer
}

/** What Metabase answered to one method. */
type Attempt =
  | { result: Exchange | MetabaseSsoError, isUnsupported: false }
  | { result: MetabaseSsoError, isUnsupported: true, isFromProxy: boolean }

/** Keys that one exchange tries. */
const MAX_TRIES = 10

/** Before the first method is tried. */
const UNTRIED = { result: new errorCodes.METABASE_SSO_NOT_FOUND(), isFromProxy: false }

export function createMetabaseClient ({ policy, keys, tokens }: Parts): MetabaseClient {
  /** What worked last, and is tried first. */
  let lastMethod: ExchangeMethod | undefined
  /** Whether a JWT in a body has ever worked: a later refusal then points to a proxy. */
  let hasExchangedByPost = false

  async function exchange (claims: CheckedClaims, owner: string): Promise<Exchange> {
    const refused: Secret[] = []
    let refusal: MetabaseSsoError = UNTRIED.result
    const call = policy.exchange(owner, claims.email)
    // Each key in a call of its own: what a function of the host takes to fetch one is not Metabase's time.
    for (let key: Secret | undefined = await keys.current(); key !== undefined; key = await keys.next(refused)) {
      const signingKey = key
      const result = await call(dispatch => exchangeWithKey(claims, signingKey, dispatch))
      if (!(result instanceof MetabaseSsoError)) {
        keys.confirm(key)
        return result
      }
      refusal = result
      refused.push(key)
      if (refused.length >= MAX_TRIES) break // of a function that returns new keys each time
    }
    throw refusal
  }

  /** Returns an error when the key is wrong, or may be. */
  async function exchangeWithKey (
    claims: CheckedClaims, key: Secret, dispatch: Dispatch
  ): Promise<Exchange | MetabaseSsoError> {
    const result = await exchangeToken(tokens.issue(claims, key), () => tokens.issueProbe(key), dispatch)
    if (!(result instanceof MetabaseSsoError)) return result
    if (result.code === 'METABASE_SSO_SECRET_REFUSED' || result.code === 'METABASE_SSO_TOKEN_REFUSED') return result
    throw result
  }

  async function exchangeToken (
    token: Token, probe: () => Token, dispatch: Dispatch
  ): Promise<Exchange | MetabaseSsoError> {
    let refusal: { result: MetabaseSsoError, isFromProxy: boolean } = UNTRIED
    // A proxy may have blocked a better method than the next one.
    let mustCheckVersion = hasExchangedByPost
    // Tried twice: Metabase may be upgraded between two requests.
    for (let round = 0; round < 2; round++) {
      const lookups = createLookups(dispatch)
      for (const method of lastMethod === undefined ? exchangeMethods : [lastMethod, ...exchangeMethods]) {
        const found = await checkSupport(method, lookups, mustCheckVersion)
        if (found instanceof MetabaseSsoError) return found
        if (found === 'unsupported') continue
        const attempt = await exchangeVia(method, token, probe, dispatch, found)
        if (!attempt.isUnsupported) return attempt.result
        // What keeps a method from Metabase is the cause; that Metabase lacks the next one is not.
        if (!refusal.isFromProxy) refusal = attempt
        lastMethod = undefined
        mustCheckVersion ||= attempt.isFromProxy
      }
      if (refusal.isFromProxy) break
    }
    return refusal.result
  }

  /** Finds out whether Metabase may have a method. Returns what discovery found, if it was asked. */
  async function checkSupport (
    { name, isOffered, isNewestFor }: ExchangeMethod, lookups: Lookups, mustCheckVersion: boolean
  ): Promise<Discovery | undefined | 'unsupported' | MetabaseSsoError> {
    const isKnown = name === lastMethod?.name
    const discovery = isOffered === undefined || isKnown ? undefined : await lookups.discovery()
    if (discovery instanceof MetabaseSsoError) return discovery
    if (discovery !== undefined && isOffered?.(discovery) === false) return 'unsupported'
    if (isNewestFor === undefined || (name !== 'token' && !mustCheckVersion)) return discovery
    const properties = await lookups.properties()
    if (properties instanceof MetabaseSsoError) return properties
    if (properties === undefined || !isNewestFor(properties)) {
      // A redirect of discovery is a login wall's, unless this is a Metabase of the age that redirects.
      return name === 'token' && !isKnown ? new errorCodes.METABASE_SSO_REDIRECTED(302) : 'unsupported'
    }
    // The login would run, and its session be thrown away.
    if (properties.isSdkEmbeddingOff) return new errorCodes.METABASE_SSO_SDK_EMBEDDING_DISABLED()
    return discovery
  }

  async function exchangeVia (
    method: ExchangeMethod, token: Token, probe: () => Token, dispatch: Dispatch, discovery: Discovery | undefined
  ): Promise<Attempt> {
    const { name, step, isRemembered, isNewestFor, DiscoveryMeans } = method
    const response = await dispatch(method.request(token.jwt, discovery))
    const session = readSession(response, token, step)
    if (!(session instanceof MetabaseSsoError)) {
      if (name === 'to_session' || name === 'post') hasExchangedByPost = true
      // With a `status`, it is a later version, which has a better method than `token`.
      lastMethod = isRemembered && !(name === 'token' && response.body.includes('"status"')) ? method : undefined
      return { result: { session, method: name }, isUnsupported: false }
    }
    if (isDiscoveryResponse(response)) {
      return DiscoveryMeans === undefined
        ? { result: session, isUnsupported: true, isFromProxy: false }
        : { result: new DiscoveryMeans(), isUnsupported: false }
    }
    if (method.isUnsupported(response)) {
      // With the JWT in the URL, Metabase redirects as a login wall would.
      const isFromProxy = isNewestFor === undefined && !isMethodUnknown(response)
      return { result: session, isUnsupported: true, isFromProxy }
    }
    if (session.code !== 'METABASE_SSO_TOKEN_REFUSED') return { result: session, isUnsupported: false }
    return { result: await tellKeyFromAccount(session, method, probe(), dispatch, discovery), isUnsupported: false }
  }

  /** Tells a wrong key from a refused account, where the words do not: in the site's language, or hidden. */
  async function tellKeyFromAccount (
    error: MetabaseSsoError, method: ExchangeMethod, probe: Token, dispatch: Dispatch, discovery: Discovery | undefined
  ): Promise<MetabaseSsoError> {
    const { code } = errorOf(await dispatch(method.request(probe.jwt, discovery)), method.step)
    if (code === 'METABASE_SSO_TOKEN_TOO_OLD') return new errorCodes.METABASE_SSO_ACCOUNT_REFUSED()
    return code === 'METABASE_SSO_SECRET_REFUSED' ? new errorCodes.METABASE_SSO_SECRET_REFUSED() : error
  }

  return { exchange }
}

function isDiscoveryResponse (response: Response): boolean {
  const body = isSuccess(response) ? readJson(response, 'discovery') : undefined
  return body !== undefined && !(body instanceof MetabaseSsoError) && isDiscovery(body)
}

/** What is asked of Metabase without a JWT, once each. */
interface Lookups {
  discovery (): Promise<Discovery | MetabaseSsoError>
  properties (): Promise<Properties | MetabaseSsoError | undefined>
}

function createLookups (dispatch: Dispatch): Lookups {
  let discovered: Promise<Discovery | MetabaseSsoError> | undefined
  let described: ReturnType<Lookups['properties']> | undefined

  const properties: Lookups['properties'] = async () => readProperties(await dispatch(PROPERTIES))

  async function discovery (): Promise<Discovery | MetabaseSsoError> {
    const result = readDiscovery(await dispatch(DISCOVERY))
    // Up to v52 the open-source edition answers with the page of its app.
    const isPage = result instanceof MetabaseSsoError && result.code === 'METABASE_SSO_ANSWER_NOT_JSON'
    const properties = isPage ? await lookups.properties() : undefined
    if (properties instanceof MetabaseSsoError || !properties?.isOpenSource) return result
    return new errorCodes.METABASE_SSO_OPEN_SOURCE()
  }

  const lookups: Lookups = {
    discovery: () => (discovered ??= discovery()),
    properties: () => (described ??= properties())
  }
  return lookups
}
