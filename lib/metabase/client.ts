import { readDiscovery, readJson, sessionOf, type MetabaseSession } from './responses.js'
import type { Cancellation } from './deadline.js'
import { errorCodes, MetabaseSsoError, type MetabaseSsoErrorCode } from '../errors.js'
import { failureOf } from './error-mapping.js'
import type { Guard } from './call-policy.js'
import type { Answer, Call, Send } from './transport.js'
import { createRevocation, type Revocation } from './revocation.js'
import type { Token } from '../jwt/issuer.js'

/** Versions of Metabase that sign people in alike, told apart by what they accept, not by what they say they are. */
export type Generation = 'up to v54' | 'v55' | 'v56 or later' | 'v61 or later'

export interface Exchange {
  session: MetabaseSession
  /** Of the Metabase that was asked, if one was. */
  generation?: Generation
}

/** A fresh JWT to be traded. */
export interface Attempt {
  token: Token
  /** Makes a JWT of the same key that tests the key without signing anyone in. */
  probe: () => Token
  /** Called when Metabase has taken the JWT. */
  taken: () => void
}

/** The HTTP conversation with one Metabase instance. */
export interface Metabase extends Revocation {
  /**
   * Trades a fresh JWT for a session.
   * @param first makes the JWT
   * @param others make one of the same claims with another key, one after the other: the next is taken when Metabase says that the signature is wrong
   * @param gone cancels it when nobody waits for the session any more
   */
  exchange (first: () => Attempt, others: () => AsyncIterable<() => Attempt>, gone?: Cancellation): Promise<Exchange>
}

// Without the first every version answers a JWT with a redirect and a cookie. With the second failures come
// in the language that we tell them apart by.
const CLIENT = { 'x-metabase-client': 'embedding-sdk-react', 'x-metabase-locale': 'en' }
const JSON_BODY = { ...CLIENT, 'content-type': 'application/json' }

// Without the query, a Metabase that has SAML switched on, too, answers for SAML.
const SSO = '/auth/sso?preferred_method=jwt'

/** A way to trade a JWT for a session. */
type Way = 'token' | 'get' | 'to_session' | 'post'

const ways: Readonly<Record<Way, { generation: Generation, call: (jwt: string) => Call }>> = {
  token: { generation: 'up to v54', call: jwt => ({ method: 'GET', path: `/auth/sso?token=true&jwt=${jwt}`, headers: CLIENT }) },
  get: { generation: 'v56 or later', call: jwt => ({ method: 'GET', path: `/auth/sso?jwt=${jwt}`, headers: CLIENT }) },
  to_session: { generation: 'v56 or later', call: jwt => ({ method: 'POST', path: '/auth/sso/to_session', headers: JSON_BODY, body: JSON.stringify({ jwt }) }) },
  post: { generation: 'v61 or later', call: jwt => ({ method: 'POST', path: SSO, headers: JSON_BODY, body: JSON.stringify({ jwt }) }) }
}

/** A Metabase that does not know a way of posting a JWT says one of these; nobody has been signed in. */
const POST_UNKNOWN: ReadonlySet<MetabaseSsoErrorCode> = new Set<MetabaseSsoErrorCode>([
  'METABASE_SSO_POST_NOT_SUPPORTED', 'METABASE_SSO_NOT_FOUND'
])

/** What the remembered way may run into after Metabase was upgraded or downgraded. */
const WAY_UNKNOWN: ReadonlySet<MetabaseSsoErrorCode> = new Set<MetabaseSsoErrorCode>([
  ...POST_UNKNOWN, 'METABASE_SSO_REDIRECTED', 'METABASE_SSO_HASH_REFUSED'
])

/** @param guard for each JWT's exchange and each revocation as a whole */
export function createMetabase (send: Send, guard: Guard): Metabase {
  /** What worked last. `get` is not remembered: v55 wants a new hash each time, and later versions should get a better way once they have one. */
  let known: Exclude<Way, 'get'> | undefined

  const exchange: Metabase['exchange'] = (first, others, gone) => {
    const began = performance.now()
    return guard(cancellation => exchangeOne(first, cancellation), gone)
      .catch(error => exchangeOther(others, secretRefusal(error), performance.now() - began, gone))
  }

  /** Guarded one by one: who is asked for another key in between, such as a vault, is not Metabase. */
  async function exchangeOther (others: () => AsyncIterable<() => Attempt>, refusal: Error, spent: number, gone: Cancellation | undefined): Promise<Exchange> {
    for await (const attempt of others()) {
      const began = performance.now()
      try {
        return await guard(cancellation => exchangeOne(attempt, cancellation), gone, spent)
      } catch (error) {
        refusal = secretRefusal(error)
        spent += performance.now() - began
      }
    }
    throw refusal
  }

  async function exchangeOne (make: () => Attempt, cancellation: Cancellation): Promise<Exchange> {
    const { token, probe, taken } = make()
    try {
      const exchange = await tradeAnyWay(token, cancellation)
      taken()
      return exchange
    } catch (error) {
      // `to_session` does not say what is wrong with a JWT.
      if (error instanceof errorCodes.METABASE_SSO_TOKEN_REFUSED && await isSecretWrong(probe(), cancellation)) {
        throw new errorCodes.METABASE_SSO_SECRET_REFUSED()
      }
      throw error
    }
  }

  /** By the remembered way, while Metabase knows it. */
  function tradeAnyWay (token: Token, cancellation: Cancellation): Promise<Exchange> {
    if (known === undefined) return discover(token, cancellation)
    return trade(known, token, cancellation).catch(error => {
      if (!isOneOf(WAY_UNKNOWN, error)) throw error
      known = undefined
      return discover(token, cancellation)
    })
  }

  async function discover (token: Token, cancellation: Cancellation, isAgain = false): Promise<Exchange> {
    const discovery = readDiscovery(await send({ method: 'GET', path: SSO, headers: CLIENT }, cancellation))
    /** Once more, should Metabase have become another since: the discovered version does not answer so. */
    const againAfter = (...codes: MetabaseSsoErrorCode[]) => (error: unknown) => {
      if (isAgain || !isOneOf(new Set(codes), error)) throw error
      return discover(token, cancellation, true)
    }
    if (discovery === 'redirect') return await trade('token', token, cancellation).catch(againAfter('METABASE_SSO_HASH_REFUSED'))
    if (discovery.hash !== undefined) {
      const { call } = ways.get
      const withHash = { ...call(token.jwt), headers: { ...CLIENT, 'x-metabase-sdk-jwt-hash': discovery.hash } }
      return await send(withHash, cancellation)
        .then((answer): Exchange => ({ session: sessionOf(readJson(answer), token), generation: 'v55' }))
        .catch(againAfter('METABASE_SSO_REDIRECTED'))
    }
    // First those that keep the JWT out of the URL (metabase#35560, #82714).
    for (const way of ['post', 'to_session'] as const) {
      try {
        return await trade(way, token, cancellation)
      } catch (error) {
        if (!isOneOf(POST_UNKNOWN, error)) throw error
      }
    }
    return await trade('get', token, cancellation).catch(againAfter('METABASE_SSO_REDIRECTED', 'METABASE_SSO_HASH_REFUSED'))
  }

  async function trade (way: Way, token: Token, cancellation: Cancellation): Promise<Exchange> {
    const { generation, call } = ways[way]
    const request = call(token.jwt)
    const answer = await send(request, cancellation)
    if (request.method === 'POST' && refusesPost(answer)) throw new errorCodes.METABASE_SSO_POST_NOT_SUPPORTED()
    const body = readJson(answer)
    const session = sessionOf(body, token)
    // A `status` shows that `token` met a later version, which takes it too: find its better way next time.
    known = way === 'get' || (way === 'token' && 'status' in body) ? undefined : way
    return { session, generation }
  }

  async function isSecretWrong (probe: Token, cancellation: Cancellation): Promise<boolean> {
    try {
      const answer = await send(ways.get.call(probe.jwt), cancellation)
      return failureOf(answer) instanceof errorCodes.METABASE_SSO_SECRET_REFUSED
    } catch { // no answer: what is known already has to do
      return false
    }
  }

  return { exchange, ...createRevocation(send, guard) }
}

/** Other errors are thrown. */
function secretRefusal (error: unknown): Error {
  if (error instanceof errorCodes.METABASE_SSO_SECRET_REFUSED) return error
  throw error
}

const isOneOf = (codes: ReadonlySet<MetabaseSsoErrorCode>, error: unknown): boolean =>
  error instanceof MetabaseSsoError && codes.has(error.code)

/** Before v61 a posted JWT met 501 or, earlier, 400, both perhaps as an HTML page that names no other cause. */
const refusesPost = (answer: Answer): boolean =>
  (answer.status === 501 || answer.status === 405 || (answer.status === 400 && answer.type === 'text/html')) &&
  failureOf(answer) instanceof errorCodes.METABASE_SSO_STATUS_UNEXPECTED
