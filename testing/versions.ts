/** The first version of Metabase that behaves so: a redirect; a hash; `to_session`; no hash; POST. */
export type MetabaseVersion = 'v50' | 'v55' | 'v56' | 'v58' | 'v61'

/** A way of trading a JWT for a session, apart from the redirect that every version has. */
export type ExchangeMethod = 'token' | 'hash' | 'get' | 'to_session' | 'post'

/** What one version does that another does not. */
export interface VersionRow {
  /** The tag of a release, without the digit of the edition. */
  tag: string
  /** The answer to an embedding client without a JWT: a redirect, or where to get one, with or without a hash. */
  discovery: 'redirect' | 'hash' | 'no-hash'
  methods: readonly ExchangeMethod[]
  /** `'older'`: the answers of up to v54 for SDK embedding that is off and for a POST. */
  refusals: 'older' | 'newer'
  /** Makes a group of a lone string in the groups claim. */
  loneGroup: boolean
  tenants: boolean
}

/** Each version's row. Where a release is not certain, the protocol page says what was inferred. */
export const versions: Readonly<Record<MetabaseVersion, VersionRow>> = {
  v50: {
    tag: '50.3',
    discovery: 'redirect',
    methods: ['token'],
    refusals: 'older',
    loneGroup: false,
    tenants: false
  },
  v55: {
    tag: '55.3',
    discovery: 'hash',
    methods: ['hash'],
    refusals: 'newer',
    loneGroup: false,
    tenants: false
  },
  v56: {
    tag: '56.2',
    discovery: 'hash',
    methods: ['hash', 'to_session'],
    refusals: 'newer',
    loneGroup: false,
    tenants: false
  },
  v58: {
    tag: '58.2',
    discovery: 'no-hash',
    methods: ['get', 'to_session'],
    refusals: 'newer',
    loneGroup: true,
    tenants: true
  },
  v61: {
    tag: '61.1',
    discovery: 'no-hash',
    methods: ['get', 'to_session', 'post'],
    refusals: 'newer',
    loneGroup: true,
    tenants: true
  }
}
