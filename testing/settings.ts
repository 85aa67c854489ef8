import type { SiteLocale } from './failures/refusals.js'

/**
 * User attributes, or a tenant's, by name.
 * @example const attributes: Attributes = { region: 'EU' }
 */
export type Attributes = Record<string, string>

/**
 * A tenant of the instance.
 * @example metabase.settings.tenants = new Map<string, MetabaseTenant>([['acme', { active: true }]])
 */
export interface MetabaseTenant {
  /** `false` once an admin has deactivated it. */
  active: boolean
  /** What the first login with each attribute brought. Default none. */
  attributes?: Attributes
}

/**
 * Names under which an admin of Metabase expects the claims.
 * @example metabase.settings.claimNames.email = 'mail' satisfies AttributeNames['email']
 */
export interface AttributeNames {
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
  /** Default `'@tenant.attributes'`. */
  tenantAttributes: string
}

/**
 * The instance's switches. All may be changed while it runs; the next request sees the change.
 * @example Object.assign(metabase.settings, { groupSync: true } satisfies Partial<MetabaseSettings>)
 */
export interface MetabaseSettings {
  /**
   * Open source has nothing below `/auth/sso`: 400 with JSON that says so. A v50 answers a GET there with the
   * page of its app instead. Default `'enterprise'`.
   */
  edition: 'enterprise' | 'open-source'
  /** Whether the licence includes JWT SSO. Without it, JWT SSO counts as switched off. Default `true`. */
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
  /** Syncs group memberships with the groups claim at each login. Default `false`, as in a new Metabase. */
  groupSync: boolean
  /**
   * Names of groups by name in the claim. With any, only mapped groups are touched. With none, v56 and later
   * match names exactly and take the claim for the complete list; older versions do nothing. Default empty.
   */
  groupMappings: Map<string, string[]>
  /** The tenants by slug, or `false` where the feature is off. Versions before v58 have none. Default `false`. */
  tenants: false | Map<string, MetabaseTenant>
  /**
   * Origins of the front ends that may call this instance from the browser, such as `'https://app.example.com'`:
   * the CORS list of the embedding settings. Localhost needs no entry. Default `[]`.
   */
  corsOrigins: string[]
  /** The claims' names, which an admin can change. */
  claimNames: AttributeNames
  /** The site's language, in which a missing account is refused. Default `'en'`. */
  siteLocale: SiteLocale
  /**
   * `MB_HIDE_STACKTRACES`: what would carry more than a sentence becomes `{"message":"Something went wrong"}`
   * with the same status. Default `false`.
   */
  hideStacktraces: boolean
  /**
   * Refuses tenants and `return_to` in texts, as the newest source does (which release is unknown).
   * Default `false`: in JSON with a stack trace.
   */
  textErrors: boolean
  /** Ends a login by redirect at `%2F` when it has no `return_to` (v56 before PR 63965). Default `false`. */
  breaksWithoutReturnTo: boolean
  /**
   * A proxy in front adds what lets a page with COEP show this instance in a frame, and what Metabase does not send
   * (metabase#67409): `Cross-Origin-Resource-Policy` and `Cross-Origin-Embedder-Policy`. Default `false`.
   */
  isolationHeaders: boolean
  /** Release that the instance says it is, such as `'57.1'`. Default: one of its version. */
  release?: string
  /** What an admin has entered as site URL; `null`: nothing. Default: the URL of the stand-in. */
  siteUrl?: string | null
  /** Origins of the pages that may show the instance in a frame (full-app embedding). Default `['*']`. */
  frameOrigins: string[]
  /** Seconds by which its clock is ahead of the stand-in's own. Default `0`. */
  clockAhead: number
  /** A proxy in front answers OPTIONS requests itself. Default `false`. */
  blocksPreflights: boolean
  /** Is still starting: `/api/health` says so, and the rest of `/api` is not there yet. Default `false`. */
  starting: boolean
}

/** Makes the settings of an instance on which everything works. */
export function defaultSettings (): MetabaseSettings {
  return {
    edition: 'enterprise',
    licensed: true,
    jwtSso: true,
    saml: false,
    sdkEmbedding: true,
    simpleEmbedding: true,
    guestEmbedding: true,
    userProvisioning: true,
    groupSync: false,
    groupMappings: new Map(),
    tenants: false,
    corsOrigins: [],
    claimNames: {
      email: 'email',
      firstName: 'first_name',
      lastName: 'last_name',
      groups: 'groups',
      tenant: '@tenant',
      tenantAttributes: '@tenant.attributes'
    },
    siteLocale: 'en',
    hideStacktraces: false,
    textErrors: false,
    breaksWithoutReturnTo: false,
    isolationHeaders: false,
    frameOrigins: ['*'],
    clockAhead: 0,
    blocksPreflights: false,
    starting: false
  }
}
