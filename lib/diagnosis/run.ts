import { createHmac, randomUUID } from 'node:crypto'
import { promises as dns } from 'node:dns'
import { errorCodes, MetabaseSsoError } from '../errors.js'
import { createTokenIssuer, type Signer } from '../jwt/issuer.js'
import { createSigningKeys, type SigningKeys } from '../jwt/signing-keys.js'
import { once } from '../metabase/client.js'
import { createDispatcher, usesEnvProxy } from '../metabase/dispatcher.js'
import { DISCOVERY, exchangeMethods, PROPERTIES } from '../metabase/exchange-methods.js'
import { errorOf, jsonOf } from '../metabase/responses.js'
import { createTransport, type Request, type Response } from '../metabase/transport.js'
import type { Secret, SecretSource } from '../options/secret.js'
import type { MaybePromise } from '../timeout.js'
import type { CheckId, CheckRows } from './checks.js'
import type { DiagnosisRequest, DiagnosisSettings } from './report.js'

/** What one check came to. A problem is one of the check's row. */
export type Finding<Problem = string> =
  { status: 'pass' | 'skip', detail?: string | undefined } | { problem: Problem, detail?: string | undefined }

/** The functions of some checks. What they throw is a failure, too. */
export type Checks<Ids extends CheckId> = {
  [Id in Ids]: (run: Run) => MaybePromise<Finding<keyof CheckRows[Id]['problems']>>
}

export const pass = (detail?: string) => ({ status: 'pass', detail }) as const
export const skip = (detail: string) => ({ status: 'skip', detail }) as const
export const found = <Problem extends string>(problem: Problem, detail?: string) => ({ problem, detail })

/** Why a check of what a front end may do is skipped. */
export const NO_ORIGIN = 'no origin of a front end is given'

/** The app gives no response. The message is the detail. */
export class AppUnreachable extends Error {}

/** Host of a URL, an IPv6 address without its brackets. */
export const hostOf = (url: string): string => new URL(url).hostname.replace(/^\[|\]$/g, '')

/** What Metabase says of a key. `unclear`: in words that are hidden, or foreign. */
export type Verdict = 'right' | 'wrong' | 'unclear'

/** What a real sign-in came to. */
interface SignedIn {
  /** As they went over the wire. */
  claims: Readonly<Record<string, unknown>>
  /** What Metabase says of the account. */
  account: Readonly<Record<string, unknown>>
}

/** What the checks of one run share: each request whose response several of them read is sent once. */
export type Run = ReturnType<typeof createRun>

/** Signs as `@fastify/jwt` does, which needs Fastify. */
const signHs256: Signer = (payload, key) => {
  const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(payload)}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

const [TO_SESSION] = exchangeMethods

/** @param signal ends the run */
export function createRun (settings: DiagnosisSettings, request: DiagnosisRequest, signal: AbortSignal) {
  const { claims, isBackground = false } = request
  const { instanceUrl, publicUrl = instanceUrl, appUrl, origins = [], timeout = 15_000, tokenLifetime = 600 } = settings
  const requestTimeout = Math.ceil(timeout / 3)
  /** Limits one request in time, and by these signals. */
  function limitOf (...signals: AbortSignal[]): AbortSignal {
    const limit = AbortSignal.timeout(requestTimeout)
    // `AbortSignal.any` refers to it weakly. Without a listener, Node 20 may collect it, and it never fires.
    limit.addEventListener('abort', () => {})
    return AbortSignal.any([...signals, limit])
  }
  const isOwn = settings.dispatcher === undefined
  const agent = Promise.resolve(settings.dispatcher ?? createDispatcher({ timeout: requestTimeout, isBackground }))
  const dispatcher = agent.then(request.wrap)
  dispatcher.catch(() => {}) // it may be that no check waits for it
  const tokens = createTokenIssuer(signHs256, tokenLifetime)

  const asker = (url: string) => {
    const transport = createTransport(url, () => dispatcher, false)
    return async (request: Request, limit = limitOf(signal)): Promise<Response> => {
      try {
        return await transport(request, limit)
      } catch (error) {
        throw error instanceof MetabaseSsoError
          ? error
          : new errorCodes.METABASE_SSO_TIMEOUT(`${requestTimeout} ms`)
      }
    }
  }
  const ask = asker(instanceUrl)
  /** Shared: a look-up may fail where the one before did not. */
  const addresses = once(async () => {
    const found = await dns.lookup(hostOf(instanceUrl), { all: true }).catch(() => [])
    return found.map(({ address }) => address)
  })
  const { origin: appOrigin, pathname: appPath } = new URL(appUrl ?? instanceUrl)
  const askAppOrigin = asker(appOrigin)
  /** As a front end's `fetch` asks, without a user. */
  const askApp = async (
    headers: Record<string, string> = {}, method: 'GET' | 'OPTIONS' = 'GET'
  ): Promise<Response> => {
    const path = `${appPath}?response=json`
    try {
      return await askAppOrigin({ method, path, headers: { accept: 'application/json', ...headers } })
    } catch (error) { // its words are of Metabase
      const { code } = Object((error as MetabaseSsoError).cause) as { code?: unknown }
      throw new AppUnreachable(code === undefined ? `no answer within ${requestTimeout} ms` : String(code))
    }
  }
  const get = (path: string, headers: Record<string, string> = {}): Promise<Response> =>
    ask({ method: 'GET', path, headers })

  const ignore = (): void => {}
  const log = { info: ignore, warn: ignore }
  const keysOf = (option: string, source: SecretSource | undefined): SigningKeys | undefined =>
    source && createSigningKeys(option, source, requestTimeout, log)
  const keys = keysOf('secret', settings.secret)
  const guestKeys = keysOf('guest.secret', settings.guestSecret)

  const properties = once(() => ask(PROPERTIES))
  /** `to_session` with a JWT of a key that no Metabase has. */
  const toSession = once(() => ask(TO_SESSION.request(tokens.issueProbe(randomUUID()).jwt)))

  const hasToSession = async (): Promise<boolean> => !TO_SESSION.isUnsupported(await toSession())

  /** Offers Metabase a JWT that it refuses, by the method that says most plainly why. */
  async function offer (jwt: string): Promise<MetabaseSsoError> {
    const { path, headers } = DISCOVERY
    const inUrl = { method: 'GET', path: `${path}&jwt=${jwt}`, headers, credential: jwt } as const
    return errorOf(await ask(await hasToSession() ? TO_SESSION.request(jwt) : inUrl), 'to_session')
  }

  return {
    settings: { ...settings, publicUrl, origins, tokenLifetime },
    signal,
    /** Whether its connections lead to Metabase itself. */
    isDirect: isOwn && !usesEnvProxy(),
    /** Makes a limit for one request. */
    limit: () => limitOf(signal),
    isBackground,
    /** Of the host of Metabase. Empty where the DNS knows none. */
    addresses,
    tokens,
    keys,
    guestKeys,
    /** Absent: no user is signed in. */
    claims: claims && once(async () => await claims()),
    ask,
    /**
     * Makes a way to ask that has the time of one request in all, whether or not the run ends: a sign-in that has begun
     * must come to its session's end.
     */
    askToTheEnd (): (request: Request) => Promise<Response> {
      const limit = limitOf()
      return request => ask(request, limit)
    },
    get,
    askApp,
    stranger: once(() => askApp()),
    properties,
    /** What Metabase says of itself: of a page, nothing. */
    says: async () => Object(jsonOf(await properties())) as Record<string, unknown>,
    discovery: once(() => ask(DISCOVERY)),
    /** Where Metabase sends a browser that asks for JWT, whether or not embedding is on. */
    redirect: once(() => get(DISCOVERY.path)),
    toSession,
    hasToSession,
    offer,
    /** What Metabase says of a signing key. No user is signed in. */
    async verdict (key: Secret): Promise<Verdict> {
      const error = await offer(tokens.issueProbe(key).jwt)
      switch (error.code) {
        case 'METABASE_SSO_TOKEN_TOO_OLD':
        case 'METABASE_SSO_TOKEN_EXPIRED': return 'right' // the signature is checked before the times
        case 'METABASE_SSO_SECRET_REFUSED': return 'wrong'
        case 'METABASE_SSO_TOKEN_REFUSED': return 'unclear'
        default: throw error
      }
    },
    /** What Metabase says of an embedding secret key. No item is shown. */
    async guestVerdict (key: Secret): Promise<Verdict | 'off'> {
      const jwt = signHs256({ resource: { question: 1 }, params: {}, iat: 1, exp: 1 }, key)
      const response = await ask({ method: 'GET', path: `/api/embed/card/${jwt}`, credential: jwt })
      if (response.body.includes('Embedding is not enabled.')) return 'off'
      const error = errorOf(response, 'other')
      switch (error.code) {
        case 'METABASE_SSO_TOKEN_EXPIRED': return 'right'
        case 'METABASE_SSO_SECRET_REFUSED': return 'wrong'
        default: throw error
      }
    },
    /** Set by the check `account`. */
    signedIn: { claims: {}, account: {} } as SignedIn,
    secondsAhead: once(() => secondsAhead(() => get('/api/health'))),
    async close (): Promise<void> {
      if (isOwn) await (await agent.catch(() => undefined))?.destroy()
    }
  }
}

/** Seconds by which the clock behind a response is ahead of this one. Undefined without a `Date` that can be read. */
export async function secondsAhead (ask: () => Promise<Response>): Promise<number | undefined> {
  const sent = Date.now()
  const { headers: { date } } = await ask()
  const now = (sent + Date.now()) / 2
  // The header has whole seconds.
  const seconds = Math.round((Date.parse(String(date)) + 500 - now) / 1000)
  return Number.isNaN(seconds) ? undefined : seconds
}
