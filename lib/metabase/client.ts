import type { CheckedClaims } from '../claims.js'
import { exchangeChannel, traced, type ExchangeEvent } from '../tracing.js'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import type { Token, TokenIssuer } from '../jwt/issuer.js'
import type { SigningKeys } from '../jwt/signing-keys.js'
import type { Secret } from '../options/secret.js'
import type { CallPolicy, Dispatch } from './call-policy.js'
import {
  DISCOVERY, exchangeMethods, PROPERTIES, type ExchangeMethod, type ExchangeMethodName
} from './exchange-methods.js'
import {
  errorOf, isMethodUnknown, isSuccess, readDiscovery, readProperties, readSession, type Discovery, type MetabaseSession
} from './responses.js'

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
   */
  exchange (claims: CheckedClaims, owner: string): Promise<Exchange>
}

interface Parts {
  instanceUrl: string
  policy: CallPolicy
  keys: SigningKeys
  tokens: TokenIssuer
}

/** What one method came to. */
interface Attempt {
  result: Exchange | MetabaseSsoError
  /** What lacks the method, or keeps it from Metabase. Absent: the exchange ends with the result. */
  unsupportedBy?: 'metabase' | 'proxy'
}

/** Before the first attempt. Made once: to make an error takes a tenth of an exchange. */
const NOT_TRIED: Attempt = { result: new errorCodes.METABASE_SSO_NOT_FOUND() }

/** Keys that one exchange tries, of a function that returns new ones each time. */
const MAX_KEYS = 10

/** Of a wrong key, or of what may be one. */
const KEY_ERRORS: ReadonlySet<string> = new Set(['METABASE_SSO_SECRET_REFUSED', 'METABASE_SSO_TOKEN_REFUSED'])

export function createMetabaseClient ({ instanceUrl, policy, keys, tokens }: Parts): MetabaseClient {
  /** What worked last, and is tried first. */
  let lastMethod: ExchangeMethod | undefined
  /** Whether a JWT in a body has ever worked: a later refusal then points to a proxy. */
  let hasExchangedByPost = false

  async function exchange (claims: CheckedClaims, owner: string, event: ExchangeEvent): Promise<Exchange> {
    const refused: Secret[] = []
    const call = policy.exchange(owner, claims.email)
    let key = await keys.current()
    while (true) {
      // Each key in a call of its own: what a function of the host takes to fetch one is not Metabase's time.
      const signingKey = key
      const result = await call(dispatch => exchangeWithKey(claims, signingKey, dispatch))
      if (!(result instanceof MetabaseSsoError)) {
        keys.confirm(key)
        event.exchangeMethod = result.method
        return result
      }
      if (!KEY_ERRORS.has(result.code)) throw result
      refused.push(key)
      const next = refused.length < MAX_KEYS ? await keys.next(refused) : undefined
      if (next === undefined) throw result
      key = next
    }
  }

  async function exchangeWithKey (
    claims: CheckedClaims, key: Secret, dispatch: Dispatch
  ): Promise<Exchange | MetabaseSsoError> {
    const token = tokens.issue(claims, key)
    let refusal = NOT_TRIED
    // A proxy may have blocked a better method than the next one.
    let mustCheckVersion = hasExchangedByPost
    // Tried twice: Metabase may be upgraded between two requests.
    for (let round = 0; round < 2 && refusal.unsupportedBy !== 'proxy'; round++) {
      const lookups = createLookups(dispatch)
      for (const method of lastMethod === undefined ? exchangeMethods : [lastMethod, ...exchangeMethods]) {
        const found = await checkSupport(method, lookups, mustCheckVersion)
        if (found instanceof MetabaseSsoError) return found
        if (found === 'unsupported') continue
        const attempt = await exchangeVia(method, token, dispatch, found)
        const { result, unsupportedBy } = attempt
        if (unsupportedBy === undefined) {
          const isUnclear = result instanceof MetabaseSsoError && result.code === 'METABASE_SSO_TOKEN_REFUSED'
          return isUnclear ? await tellKeyFromAccount(result, method, key, dispatch, found) : result
        }
        // What keeps a method from Metabase is the cause; that Metabase lacks the next one is not.
        if (refusal.unsupportedBy !== 'proxy') refusal = attempt
        lastMethod = undefined
        mustCheckVersion ||= unsupportedBy === 'proxy'
      }
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
    method: ExchangeMethod, token: Token, dispatch: Dispatch, discovery: Discovery | undefined
  ): Promise<Attempt> {
    const { name, step, isRemembered, isNewestFor, DiscoveryMeans } = method
    const response = await dispatch(method.request(token.jwt, discovery))
    const session = readSession(response, token, step)
    if (!(session instanceof MetabaseSsoError)) {
      if (isNewestFor === undefined) hasExchangedByPost = true
      lastMethod = isRemembered ? method : undefined
      return { result: { session, method: name } }
    }
    const isDiscovery = isSuccess(response) && !(readDiscovery(response) instanceof MetabaseSsoError)
    if (isDiscovery && DiscoveryMeans !== undefined) return { result: new DiscoveryMeans() }
    if (!isDiscovery && !method.isUnsupported(response)) return { result: session }
    // With the JWT in the URL, Metabase redirects as a login wall would.
    const isMetabase = isNewestFor !== undefined || isMethodUnknown(response)
    return { result: session, unsupportedBy: isMetabase ? 'metabase' : 'proxy' }
  }

  /** Tells a wrong key from a refused account, where the words do not: in the site's language, or hidden. */
  async function tellKeyFromAccount (
    error: MetabaseSsoError, method: ExchangeMethod, key: Secret, dispatch: Dispatch, discovery: Discovery | undefined
  ): Promise<MetabaseSsoError> {
    const probed = errorOf(await dispatch(method.request(tokens.issueProbe(key).jwt, discovery)), method.step)
    if (probed.code === 'METABASE_SSO_TOKEN_TOO_OLD') return new errorCodes.METABASE_SSO_ACCOUNT_REFUSED()
    return probed.code === 'METABASE_SSO_SECRET_REFUSED' ? probed : error
  }

  return {
    exchange (claims, owner) {
      const event: ExchangeEvent = { instanceUrl }
      return traced(exchangeChannel, event, () => exchange(claims, owner, event))
    }
  }
}

type Lookups = ReturnType<typeof createLookups>

/** What is asked of Metabase without a JWT, once each. */
function createLookups (dispatch: Dispatch) {
  const properties = once(async () => readProperties(await dispatch(PROPERTIES)))
  const discovery = once(async () => {
    const result = readDiscovery(await dispatch(DISCOVERY))
    // Up to v52 the open-source edition answers with the page of its app.
    const isPage = result instanceof MetabaseSsoError && result.code === 'METABASE_SSO_RESPONSE_NOT_JSON'
    const found = isPage ? await properties() : undefined
    if (found instanceof MetabaseSsoError || !found?.isOpenSource) return result
    return new errorCodes.METABASE_SSO_OPEN_SOURCE()
  })
  return { properties, discovery }
}

/** Sends a request when it is first asked for; later calls share its response. */
export function once<T> (ask: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined
  return () => (result ??= ask())
}
