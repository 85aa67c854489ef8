import type { IncomingHttpHeaders } from 'node:http'
import type { Failure, FailOptions } from './failures/failures.js'
import type { Attributes, MetabaseSettings } from './settings.js'
import type { MetabaseVersion } from './versions.js'

/**
 * How a stand-in Metabase is set up. Only `secret` is required.
 * @example const options: MetabaseStandInOptions = { secret: 'a secret', version: 'v56', basePath: '/metabase' }
 */
export interface MetabaseStandInOptions {
  /** Shared secret the JWTs must be signed with (HS256). Its characters are the key: hex is not decoded. */
  secret: string
  /** Key that guest tokens must be signed with (HS256), as text. Default: one made for this instance. */
  embeddingSecret?: string | undefined
  /** Which Metabase to be: the first version that behaves so. Default `'v61'`. */
  version?: MetabaseVersion | undefined
  /** TCP port. Default 0: any free one. */
  port?: number | undefined
  /** Address to listen on. Default `'127.0.0.1'`. */
  host?: string | undefined
  /** Path prefix to live under, such as `'/metabase'`. Default none. */
  basePath?: string | undefined
  /**
   * What an admin would have entered as JWT Identity Provider URI.
   * Default `'http://localhost:3000/sso/metabase'`. `null`: none, which v55 and v56 allow; for the others JWT SSO
   * then is not set up.
   */
  identityProviderUri?: string | null | undefined
  /** Serves https with this PEM key and certificate. Default: plain http. */
  https?: {
    /** The private key, PEM. */
    key: string
    /** The certificate, PEM. */
    cert: string
  } | undefined
  /** Clock in milliseconds since the epoch, read at each JWT check. Default `Date.now`. */
  now?: (() => number) | undefined
}

/**
 * One request the stand-in received.
 * @example const { method, path }: ReceivedRequest = metabase.requests[0]
 */
export interface ReceivedRequest {
  /** In capitals. */
  method: string
  /** Path and query as received. */
  url: string
  /** Path alone, with the `basePath` if there is one. */
  path: string
  /** Decoded query. Of a repeated key the last value counts. */
  query: Record<string, string>
  /** By lower-cased names. */
  headers: IncomingHttpHeaders
  /** The parsed JSON body; `undefined` when there was none, or none that could be parsed. */
  body: unknown
}

/**
 * A group of users.
 * @example metabase.groups.set('Sales', {} satisfies MetabaseGroup)
 */
export interface MetabaseGroup {
  /** Made for users of tenants. Default `false`. */
  tenant?: boolean
}

/**
 * A user account of the instance.
 * @example const user: MetabaseUser | undefined = metabase.users.get('ann@example.com')
 */
export interface MetabaseUser {
  /** Counts from 1. */
  id: number
  /** In the spelling of the first login. */
  email: string
  /** First name of the latest login. */
  first_name: string | null
  /** Last name of the latest login. */
  last_name: string | null
  /** Names of the groups, without "All Users". */
  groups: string[]
  /** User attributes of the latest login. */
  attributes: Attributes
  /** User attributes that an admin has set by hand. From v56 on they win over those of the login. */
  loginAttributes?: Attributes
  /** Slug of the tenant; `null` for an internal user. */
  tenant: string | null
  /** `false` once an admin has deactivated the account. */
  active: boolean
}

/**
 * A live session. Its `id` is what goes into `X-Metabase-Session` or the `metabase.SESSION` cookie.
 * @example const sessions: IssuedSession[] = [...metabase.sessions.values()]
 */
export interface IssuedSession {
  /** A UUID. */
  id: string
  /** Of its user, in the spelling of the first login. */
  email: string
}

/** A value in the answer to a question. */
export type Cell = string | number | null

/**
 * A saved question, as far as one needs it to be drawn.
 * @example const question: MetabaseQuestion = { name: 'You', columns: ['Email'], rows: ({ email }) => [[email]] }
 */
export interface MetabaseQuestion {
  /** The title. */
  name: string
  /** How it is drawn: `'table'`, `'bar'`, `'scalar'`… Default `'table'`. */
  display?: string
  /** Names of the columns. */
  columns: string[]
  /** What it answers to a user, whose `attributes` are those in force. */
  rows: (user: MetabaseUser) => Cell[][]
  /** Such as `{ 'graph.dimensions': ['Month'], 'graph.metrics': ['Orders'] }` for a chart. Default `{}`. */
  visualizationSettings?: Record<string, unknown>
}

/**
 * A dashboard, as far as it is listed.
 * @example metabase.dashboards.set(2, { name: 'Bonuses' } satisfies MetabaseDashboard)
 */
export interface MetabaseDashboard {
  /** The title. */
  name: string
  /** Default: every user may see it. */
  visibleTo?: (user: MetabaseUser) => boolean
}

/**
 * What is set for each parameter of an item that is published as an embed.
 * @example metabase.published.set('dashboard/1', { region: 'locked' } satisfies EmbedParameters)
 */
export type EmbedParameters = Readonly<Record<string, 'disabled' | 'enabled' | 'locked'>>

/**
 * A running stand-in Metabase.
 * @example const metabase: MetabaseStandIn = await startMetabase({ secret: 'a secret' })
 */
export interface MetabaseStandIn {
  /** Base URL, with the `basePath`, without a trailing slash. */
  readonly url: string
  /** Change it to upgrade or downgrade the instance while it runs. */
  version: MetabaseVersion
  /** Change it to rotate the shared secret. */
  secret: string
  /** Change it to rotate the embedding secret key. */
  embeddingSecret: string
  /** Where discovery and redirects send a browser without a JWT; `null`: no admin has entered one. */
  identityProviderUri: string | null
  /** The switches of the admin pages. */
  readonly settings: MetabaseSettings
  /** Every request received, in order of arrival. */
  readonly requests: ReceivedRequest[]
  /** The accounts, by lower-cased e-mail address. Add to it to have users from before. */
  readonly users: Map<string, MetabaseUser>
  /** The groups that exist, by name. A claim makes none. Default: `'Administrators'`. */
  readonly groups: Map<string, MetabaseGroup>
  /** The live sessions, by id. Delete from it to let one expire. */
  readonly sessions: Map<string, IssuedSession>
  /** API keys, for development without a login: header `X-API-KEY`. Each is a user of its own. Default none. */
  readonly apiKeys: Set<string>
  /** The questions, by id. Default: number 1, which shows the user of the session. */
  readonly questions: Map<number, MetabaseQuestion>
  /** The dashboards, by id, as `/api/search?models=dashboard` lists them. Default: number 1, for every user. */
  readonly dashboards: Map<number, MetabaseDashboard>
  /**
   * What is published as guest embeds, such as `'dashboard/1'` or `'question/1'`.
   * Default: these two, without parameters.
   */
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
