/**
 * The first version of Metabase that behaves so: a redirect; a hash; `to_session`; no hash; POST.
 * @example metabase.version = 'v56' satisfies MetabaseVersion
 */
export type MetabaseVersion = 'v50' | 'v55' | 'v56' | 'v58' | 'v61'

/** A way of trading a JWT for a session, apart from the redirect that every version has. */
export type ExchangeMethodName = 'token' | 'hash' | 'get' | 'to_session' | 'post'

/** What one version does that another does not. How each words its refusals stands in refusals.ts. */
export interface VersionRow {
  /** The tag of a release, without the digit of the edition. */
  tag: string
  /** The answer to an embedding client without a JWT: a redirect, or where to get one, with or without a hash. */
  discovery: 'redirect' | 'hash' | 'no-hash'
  methods: readonly ExchangeMethodName[]
  /** What is below `/auth/sso` in the open-source edition: the app's page, or JSON that names the edition. */
  openSource: 'page' | 'json'
  /** Whether JWT SSO needs an identity provider URI, or works without one. */
  identityProvider: 'required' | 'optional'
  /** Syncs groups by their names where no mapping is set (metabase PR 61540 and its neighbours). */
  groupsByName: boolean
  /** What a lone string in the groups claim is: one group, or a group for each of its characters. */
  loneGroup: 'one' | 'characters'
  /** Keeps attributes of the JWT apart from those set by hand, which then win (metabase PR 61458). */
  attributesApart: boolean
  /** What becomes of an array among the attributes. */
  arrays: 'dropped' | 'joined'
  tenants: boolean
  /** What a login does whose groups are of the wrong kind for its user: leave them out, or fail (metabase PR 78492). */
  tenantGroups: 'left-out' | 'refused'
  /** Has `/api/agent` (metabase PR 68163). */
  agentApi: boolean
  /** Lets every origin read 400 and 402 of `/auth/sso`, and its preflights (metabase PR 61808). */
  openErrors: boolean
}

const v50: VersionRow = {
  tag: '50.3',
  discovery: 'redirect',
  methods: ['token'],
  openSource: 'page',
  identityProvider: 'required',
  groupsByName: false,
  loneGroup: 'characters',
  attributesApart: false,
  arrays: 'dropped',
  tenants: false,
  tenantGroups: 'left-out',
  agentApi: false,
  openErrors: false
}

const v55: VersionRow = {
  ...v50,
  tag: '55.3',
  discovery: 'hash',
  methods: ['hash'],
  openSource: 'json',
  identityProvider: 'optional'
}

const v56: VersionRow = {
  ...v55,
  tag: '56.9',
  methods: ['hash', 'to_session'],
  groupsByName: true,
  attributesApart: true,
  openErrors: true
}

const v58: VersionRow = {
  ...v56,
  tag: '58.2',
  discovery: 'no-hash',
  methods: ['get', 'to_session'],
  identityProvider: 'required',
  tenants: true
}

const v61: VersionRow = {
  ...v58,
  tag: '61.1',
  methods: ['get', 'to_session', 'post'],
  loneGroup: 'one',
  arrays: 'joined',
  tenantGroups: 'refused',
  agentApi: true
}

/** Each version's row, oldest first. Where a release is not certain, the protocol page says what was inferred. */
export const versions: Readonly<Record<MetabaseVersion, VersionRow>> = { v50, v55, v56, v58, v61 }

const names = Object.keys(versions) as MetabaseVersion[]

/** Finds the version that behaves as a release does; undefined where none does. @param major such as 60 */
export const versionOf = (major: number): MetabaseVersion | undefined =>
  names.findLast(version => Number(version.slice(1)) <= major)

/**
 * Checks the name of a version, which JavaScript does not.
 * @throws {TypeError} names the version that was probably meant
 */
export function checkVersion (version: MetabaseVersion): MetabaseVersion {
  if (names.includes(version)) return version
  const [, major] = /^v?(?:[01]\.)?(\d+)(?:\.|$)/.exec(String(version)) ?? []
  const similar = major === undefined ? undefined : versionOf(Number(major))
  const suggestion = similar === undefined ? '' : `. Metabase ${major} behaves as '${similar}'`
  throw new TypeError(`there is no version "${String(version)}", only ${names.join(', ')}${suggestion}`)
}
