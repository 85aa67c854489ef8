import type { Dispatcher } from 'undici'
import type { CheckedClaims, ClaimNames } from '../claims.js'
import type { SecretSource } from '../options/secret.js'
import type { MaybePromise } from '../timeout.js'
import type { CheckId, DiagnosisGroup } from './checks.js'

/**
 * What one check found.
 * @example const isBad = ({ status }: DiagnosisCheck) => status === 'fail'
 */
export interface DiagnosisCheck {
  /** Stable, for programs. */
  id: CheckId
  /** What it is about. */
  group: DiagnosisGroup
  /** `skip`: a check before it failed, or something that it requires is not given. `warn`: it depends on the use. */
  status: 'pass' | 'warn' | 'fail' | 'skip'
  /** One clause. */
  summary: string
  /** What was seen. Holds no secret. */
  detail?: string
  /** What to do, beginning with an imperative. */
  fix?: string
  /** URL of what the documents say of the check. */
  docs: string
}

/**
 * What a run found, causes before consequences.
 * @example const { ok, checks }: DiagnosisReport = await app.metabaseSso.diagnose()
 */
export interface DiagnosisReport {
  /** Whether every check was run, or skipped for its cause, and none failed. */
  ok: boolean
  /** Tag of the Metabase, such as `v1.58.2`. Absent where none was read. */
  version?: string
  /** Each check of the run. */
  checks: DiagnosisCheck[]
  /** What the run could not prove, a sentence each. */
  notProven: string[]
}

/** What is diagnosed: an instance of Metabase, and what the app has for it. */
export interface DiagnosisSettings {
  /** Without a trailing slash. */
  instanceUrl: string
  /** Without a trailing slash. Default `instanceUrl`. */
  publicUrl?: string | undefined
  /** Candidates for the JWT signing key. They need not be well-formed. */
  secret?: SecretSource | undefined
  /** Candidates for the embedding secret key. They need not be well-formed. */
  guestSecret?: SecretSource | undefined
  /** Exact origins of front ends. Default none. */
  origins?: readonly string[] | undefined
  /** Path of the app's route, where its full URL is not known. */
  path?: string | undefined
  /** Full URL of the app's route as browsers reach it. With it, the app is asked from outside. */
  appUrl?: string | undefined
  /** Names of the claims, where an admin has renamed attributes. Default Metabase's. */
  claimNames?: ClaimNames | undefined
  /** Whether the app's users belong to tenants. Default: whether the claims of the sign-in name one. */
  usesTenants?: boolean | undefined
  /** Seconds that the app's JWTs live. Default 600. */
  tokenLifetime?: number | undefined
  /**
   * Milliseconds for the whole run, of which each request has a third. A sign-in that has begun has a third to itself,
   * and the end of its session another, even after that. Default 15,000.
   */
  timeout?: number | undefined
  /** Makes the connections. Default: an agent of the run. */
  dispatcher?: Dispatcher | undefined
}

/** What a run does. */
export interface DiagnosisRequest {
  /** Returns the claims of a sign-in, which Metabase runs. Absent: no user is signed in. */
  claims?: (() => MaybePromise<CheckedClaims>) | undefined
  /** Groups to which the run is limited, with the checks that these depend on. */
  only?: readonly DiagnosisGroup[] | undefined
  /** Groups that are left out. */
  skip?: readonly DiagnosisGroup[] | undefined
  /** Groups whose failures leave the report `ok`. Default none. */
  tolerated?: readonly DiagnosisGroup[] | undefined
  /** Called before each check that is run. */
  onStart?: ((id: CheckId) => void) | undefined
  /** Called with what each check found. */
  onCheck?: ((check: DiagnosisCheck) => void) | undefined
  /** Makes a dispatcher that sees every request of the run, of the one that sends them. */
  wrap?: ((dispatcher: Dispatcher) => Dispatcher) | undefined
  /** Whether the run lets the process end before it has ended itself. Default false. */
  isBackground?: boolean | undefined
  /** Ends the run: the rest is skipped. */
  signal?: AbortSignal | undefined
}
