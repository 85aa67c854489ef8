import { randomBytes, randomUUID } from 'node:crypto'
import { FailureSwitch, type Failure, type FailOptions } from './failures/failures.js'
import { defaultSettings } from './settings.js'
import type {
  EmbedParameters,
  MetabaseDashboard,
  MetabaseGroup,
  MetabaseQuestion,
  IssuedSession,
  MetabaseStandIn,
  MetabaseStandInOptions,
  MetabaseUser,
  ReceivedRequest
} from './types.js'
import { checkVersion, versions, type ExchangeMethodName, type MetabaseVersion, type VersionRow } from './versions.js'

/** The question that each instance has: it shows the user of the session. */
const aboutTheUser: MetabaseQuestion = {
  name: 'Who is asking',
  columns: ['About you', 'As Metabase knows it'],
  rows: ({ email, first_name: firstName, last_name: lastName, groups, attributes }) => [
    ['Email', email],
    ['Name', [firstName, lastName].filter(Boolean).join(' ')],
    ['Groups', groups.join(', ')],
    ...Object.entries(attributes)
  ]
}

/** All that the stand-in knows and remembers; everything of `MetabaseStandIn` that needs no server. */
export class Instance implements Omit<MetabaseStandIn, 'close'> {
  /** Set once the server listens. */
  url = ''
  #version: MetabaseVersion
  secret: string
  embeddingSecret: string
  identityProviderUri: string | null
  logins = 0
  readonly settings = defaultSettings()
  readonly requests: ReceivedRequest[] = []
  readonly users = new Map<string, MetabaseUser>()
  readonly groups = new Map<string, MetabaseGroup>([['Administrators', {}]])
  readonly sessions = new Map<string, IssuedSession>()
  readonly apiKeys = new Set<string>()
  readonly questions = new Map<number, MetabaseQuestion>([[1, aboutTheUser]])
  readonly dashboards = new Map<number, MetabaseDashboard>([[1, { name: 'Overview' }]])
  readonly published = new Map<string, EmbedParameters>([['dashboard/1', {}], ['question/1', {}]])
  /** Begins with a slash and does not end with one; empty at the root of the host. */
  readonly basePath: string
  readonly failures = new FailureSwitch()
  readonly #now: () => number
  readonly #hashes = new Set<string>()

  constructor (options: MetabaseStandInOptions) {
    const {
      secret,
      embeddingSecret = randomBytes(32).toString('hex'),
      version = 'v61',
      basePath = '',
      identityProviderUri = 'http://localhost:3000/sso/metabase',
      now = Date.now
    } = options
    if (typeof secret !== 'string' || secret === '') {
      throw new TypeError('startMetabase({ secret }): pass the string that the app has in the option `secret`')
    }
    if (basePath !== '' && !basePath.startsWith('/')) throw new TypeError('basePath must begin with a slash')
    this.secret = secret
    this.embeddingSecret = embeddingSecret
    this.#version = checkVersion(version)
    this.basePath = basePath.replace(/\/+$/, '')
    this.identityProviderUri = identityProviderUri
    this.#now = now
  }

  /** Whether JWT SSO is on, with all that it needs. */
  get jwtOn (): boolean {
    const { edition, licensed, jwtSso } = this.settings
    const hasUri = this.identityProviderUri !== null || this.row.identityProvider === 'optional'
    return edition === 'enterprise' && licensed && jwtSso && hasUri
  }

  get version (): MetabaseVersion {
    return this.#version
  }

  set version (version: MetabaseVersion) {
    this.#version = checkVersion(version)
  }

  fail (failure: Failure | null, options?: FailOptions): void {
    this.failures.set(failure, options)
  }

  /** What its version does. */
  get row (): VersionRow {
    return versions[this.#version]
  }

  /** Tells whether its version has this way of trading a JWT. */
  can (method: ExchangeMethodName): boolean {
    return this.row.methods.includes(method)
  }

  /** Reads the clock, in milliseconds since the epoch. */
  now (): number {
    return this.#now() + this.settings.clockAhead * 1000
  }

  /** Reads the clock, in whole seconds since the epoch. */
  seconds (): number {
    return Math.floor(this.now() / 1000)
  }

  /** Makes a new hash for `X-Metabase-SDK-JWT-Hash`. */
  issueHash (): string {
    const hash = randomUUID()
    this.#hashes.add(hash)
    return hash
  }

  /** Uses up a hash; tells whether it was issued and not used before. */
  useHash (hash: unknown): boolean {
    return typeof hash === 'string' && this.#hashes.delete(hash)
  }
}
