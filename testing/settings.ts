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
  /** The tenants by slug, or `false` where the feature is off. Versions before v58 have none. Default `false`. */
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
    refuseFutureIat: true,
    tenants: false,
    corsOrigins: [],
    claimNames: {
      email: 'email',
      firstName: 'first_name',
      lastName: 'last_name',
      groups: 'groups',
      tenant: '@tenant'
    },
    olderAnswers: false,
    postAnswer: 'json',
    toSessionAnswer: 'full'
  }
}
