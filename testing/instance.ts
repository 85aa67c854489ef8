import { randomBytes, randomUUID } from 'node:crypto'
import { FailureSwitch } from './failure-switch.js'
import type { Failure, FailOptions } from './failures.js'
import { whoIsAsking } from './questions.js'
import { defaultSettings } from './settings.js'
import type { EmbedParameters, Generation, MetabaseDashboard, MetabaseQuestion, MetabaseSession, MetabaseStandIn, MetabaseStandInOptions, MetabaseUser, ReceivedRequest } from './types.js'

/** All that the stand-in knows and remembers; everything of `MetabaseStandIn` that needs no server. */
export class Instance implements Omit<MetabaseStandIn, 'close'> {
  /** Set once the server listens. */
  url = ''
  generation: Generation
  secret: string
  embeddingSecret: string
  identityProviderUri: string
  logins = 0
  readonly settings = defaultSettings()
  readonly requests: ReceivedRequest[] = []
  readonly users = new Map<string, MetabaseUser>()
  readonly sessions = new Map<string, MetabaseSession>()
  readonly apiKeys = new Set<string>()
  readonly questions = new Map<number, MetabaseQuestion>([[1, whoIsAsking]])
  readonly dashboards = new Map<number, MetabaseDashboard>([[1, { name: 'Overview' }]])
  readonly published = new Map<string, EmbedParameters>([['dashboard/1', {}], ['question/1', {}]])
  /** Begins with a slash and does not end with one; empty at the root of the host. */
  readonly basePath: string
  readonly failures = new FailureSwitch()
  readonly #now: () => number
  readonly #hashes = new Set<string>()

  constructor (options: MetabaseStandInOptions) {
    const { secret, embeddingSecret = randomBytes(32).toString('hex'), generation = 'D', basePath = '', identityProviderUri = 'http://localhost:9090/sso/metabase', now = Date.now } = options
    if (typeof secret !== 'string' || secret === '') throw new TypeError('secret must be a string that is not empty')
    if (basePath !== '' && !basePath.startsWith('/')) throw new TypeError('basePath must begin with a slash')
    this.secret = secret
    this.embeddingSecret = embeddingSecret
    this.generation = generation
    this.basePath = basePath.replace(/\/+$/, '')
    this.identityProviderUri = identityProviderUri
    this.#now = now
  }

  fail (failure: Failure | null, options?: FailOptions): void {
    this.failures.set(failure, options)
  }

  /** The clock, in whole seconds since the epoch. */
  seconds (): number {
    return Math.floor(this.#now() / 1000)
  }

  /** A new hash for `X-Metabase-SDK-JWT-Hash` (v55 alone has these). */
  issueHash (): string {
    const hash = randomUUID()
    this.#hashes.add(hash)
    return hash
  }

  /** Whether this hash was issued and not used before. It is used now. */
  useHash (hash: unknown): boolean {
    return typeof hash === 'string' && this.#hashes.delete(hash)
  }
}
