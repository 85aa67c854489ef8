import type { IncomingHttpHeaders } from 'node:http'
import type { Failure, FailOptions } from './failures.js'

/**
 * The four ways Metabase has had of trading a JWT for a session:
 * `A` up to v54, `B` v55, `C` about v56 to v60, `D` from about v61 on.
 */
export type Generation = 'A' | 'B' | 'C' | 'D'

export interface MetabaseStandInOptions {
  /** Shared secret the JWTs must be signed with (HS256). Its characters are the key: hex is not decoded. */
  secret: string
  /** Key that guest tokens must be signed with (HS256), as text. Default: one made for this instance. */
  embeddingSecret?: string
  /** Which Metabase to be. Default `'D'`. */
  generation?: Generation
  /** TCP port. Default 0: any free one. */
  port?: number
  /** Address to listen on. Default `'127.0.0.1'`. */
  host?: string
  /** Path prefix to live under, such as `'/metabase'`. Default none. */
  basePath?: string
  /** What an admin would have entered as JWT Identity Provider URI. Default `'http://localhost:9090/sso/metabase'`. */
  identityProviderUri?: string
  /** Serves https with this PEM key and certificate. Default: plain http. */
  https?: { key: string, cert: string }
  /** Clock in milliseconds since the epoch, read at each JWT check. Default `Date.now`. */
  now?: () => number
}

/** Names under which an admin of Metabase expects the claims. */
export interface ClaimNames {
  /** Default `'email'`. */
  email: string
  /** Default `'first_name'`. */
  firstName: string
  /** Default `'last_name'`. */
  lastName: string
  /** Default `'groups'`. */
  groups: string
  /** Default `'@tenant'`. */
  tenant: string
}

/** The instance's switches. All may be changed while it runs; the next request sees the change. */
export interface MetabaseSettings {
  /** Open source has no `/auth/sso`: 404 with an HTML page. Default `'enterprise'`. */
  edition: 'enterprise' | 'open-source'
  /** Whether the licence includes JWT SSO. Default `true`. */
  licensed: boolean
  /** JWT SSO switched on. Default `true`. */
  jwtSso: boolean
  /** SAML is switched on too. It answers discovery that does not ask for `preferred_method=jwt`. Default `false`. */
  saml: boolean
  /** React SDK embedding switched on (header `X-Metabase-Client: embedding-sdk-react`). Default `true`. */
  sdkEmbedding: boolean
  /** Modular embedding with embed.js switched on (header `X-Metabase-Client: embedding-simple`). Default `true`. */
  simpleEmbedding: boolean
  /** Guest and static embedding switched on. Default `true`. */
  guestEmbedding: boolean
  /** Creates unknown users and reactivates deactivated ones at login. Default `true`. */
  userProvisioning: boolean
  /** Refuses a JWT whose `iat` is ahead of the clock, as some versions do (metabase#8872). Default `true`. */
  refuseFutureIat: boolean
  /** The tenants by slug, or `false` where the feature is off. Generations A and B do not know tenants. Default `false`. */
  tenants: false | Map<string, { active: boolean }>
  /**
   * Origins of the front ends that may call this instance from the browser, such as `'https://app.example.com'`:
   * the CORS list of the embedding settings. Default `[]`.
   */
  corsOrigins: string[]
  /** The claims' names, which an admin can change. */
  claimNames: ClaimNames
  /** Gives refusals the status and wording of older versions, where these differ. Default `false`. */
  olderAnswers: boolean
  /**
   * How refusals of `POST /auth/sso` are written. Metabase versions that wrap this route's errors in a web page
   * do so with every error, not only with "POST is not supported". Default `'json'`: same as for GET.
   */
  postAnswer: 'json' | 'html'
  /**
   * `'full'`: as described in metabase PR 61540, with `exp` and `iat` and JSON `status` names on refusals.
   * `'bare'`: as Metabase's source of late 2025 has it: `session_token` alone, and refusals in the words
   * of `/auth/sso`. Default `'full'`.
   */
  toSessionAnswer: 'full' | 'bare'
}

/** One request the stand-in received. */
export interface ReceivedRequest {
  method: string
  /** Path and query as received. */
  url: string
  /** Path alone, with the `basePath` if there is one. */
  path: string
  /** Decoded query. Of a repeated key the last value counts. */
  query: Record<string, string>
  headers: IncomingHttpHeaders
  /** The parsed JSON body; `undefined` when there was none, or none that could be parsed. */
  body: unknown
}

/** A user account of the instance. */
export interface MetabaseUser {
  id: number
  /** In the spelling of the first login. */
  email: string
  first_name: string | null
  last_name: string | null
  /** Names of the groups, as if each of them were mapped in Metabase. */
  groups: string[]
  /** User attributes of the latest login. */
  attributes: Record<string, string>
  /** Slug of the tenant; `null` for an internal user. */
  tenant: string | null
  /** `false` once an admin has deactivated the account. */
  active: boolean
}

/** A live session. Its `id` is what goes into `X-Metabase-Session` or the `metabase.SESSION` cookie. */
export interface MetabaseSession {
  id: string
  email: string
}

/** A value in the answer to a question. */
export type Cell = string | number | null

/** A saved question, as far as one needs it to be drawn. */
export interface MetabaseQuestion {
  name: string
  /** How it is drawn: `'table'`, `'bar'`, `'scalar'`… Default `'table'`. */
  display?: string
  /** Names of the columns. */
  columns: string[]
  /** What it answers to a user. */
  rows: (user: MetabaseUser) => Cell[][]
  /** Such as `{ 'graph.dimensions': ['Month'], 'graph.metrics': ['Orders'] }` for a chart. Default `{}`. */
  visualizationSettings?: Record<string, unknown>
}

/** A dashboard, as far as it is listed. */
export interface MetabaseDashboard {
  name: string
  /** Default: everybody may see it. */
  visibleTo?: (user: MetabaseUser) => boolean
}

/** What is set for each parameter of an item that is published as an embed. */
export type EmbedParameters = Readonly<Record<string, 'disabled' | 'enabled' | 'locked'>>

/** A running stand-in Metabase. */
export interface MetabaseStandIn {
  /** Base URL, with the `basePath`, without a trailing slash. */
  readonly url: string
  /** Change it to upgrade or downgrade the instance while it runs. */
  generation: Generation
  /** Change it to rotate the shared secret. */
  secret: string
  /** Change it to rotate the embedding secret key. */
  embeddingSecret: string
  /** Where discovery and redirects send those who have no JWT. */
  identityProviderUri: string
  readonly settings: MetabaseSettings
  /** Every request received, in order of arrival. */
  readonly requests: ReceivedRequest[]
  /** The accounts, by lower-cased e-mail address. Add to it to have users who existed before. */
  readonly users: Map<string, MetabaseUser>
  /** The live sessions, by id. Delete from it to let one expire. */
  readonly sessions: Map<string, MetabaseSession>
  /** API keys, for development without a login: header `X-API-KEY`. Each is a user of its own. Default none. */
  readonly apiKeys: Set<string>
  /** The questions, by id. Default: number 1, which shows who is asking. */
  readonly questions: Map<number, MetabaseQuestion>
  /** The dashboards, by id, as `/api/search?models=dashboard` lists them. Default: number 1, for everybody. */
  readonly dashboards: Map<number, MetabaseDashboard>
  /** What is published as guest embeds, such as `'dashboard/1'` or `'question/1'`. Default: these two, without parameters. */
  readonly published: Map<string, EmbedParameters>
  /** How many logins have run since the start. Each creates a session. */
  readonly logins: number
  /**
   * Answers requests with a failure instead of serving them: no login runs, nothing changes.
   * `null` ends that. A later call replaces an earlier one.
   */
  fail (failure: Failure | null, options?: FailOptions): void
  /** Ends everything, open connections too. May be called twice. */
  close (): Promise<void>
}
