import type { LightMyRequestResponse } from 'fastify'
import type { Test } from 'tap'
import type { MetabaseSsoErrorCode } from '../../index.js'
import type { Failure, MetabaseVersion } from '../../testing/index.js'
import { SECRET, SESSION_SECRET } from './host.js'

type Row = readonly [code: MetabaseSsoErrorCode, status: 403 | 500 | 502 | 504]

const PROXY_REFUSED: Row = ['METABASE_SSO_PROXY_REFUSED', 502]
const GATEWAY_FAILED: Row = ['METABASE_SSO_GATEWAY_FAILED', 502]
const UNREACHABLE: Row = ['METABASE_SSO_UNREACHABLE', 502]
/** Of a 401 whose words are unknown: the key, the clocks or the account. The test of the key says the same here. */
const TOKEN_REFUSED: Row = ['METABASE_SSO_TOKEN_REFUSED', 502]

/** What each failure of Metabase should become, by section 4 of metabase-protocol.md and the design. By hand. */
export const failureTable: Readonly<Record<Failure, Row>> = {
  'sso-disabled': ['METABASE_SSO_SSO_DISABLED', 502],
  'open-source': ['METABASE_SSO_OPEN_SOURCE', 502],
  'sdk-embedding-disabled': ['METABASE_SSO_SDK_EMBEDDING_DISABLED', 502],
  'simple-embedding-disabled': ['METABASE_SSO_SDK_EMBEDDING_DISABLED', 502],
  'wrong-secret': ['METABASE_SSO_SECRET_REFUSED', 502],
  'token-too-old': ['METABASE_SSO_TOKEN_TOO_OLD', 502],
  'token-expired': ['METABASE_SSO_TOKEN_EXPIRED', 502],
  'token-not-yet-valid': TOKEN_REFUSED, // the plugin sets no nbf
  'time-not-a-number': TOKEN_REFUSED, // nor such times
  'account-needed': ['METABASE_SSO_ACCOUNT_REFUSED', 403],
  'missing-email': ['METABASE_SSO_EMAIL_CLAIM_UNKNOWN', 502],
  'tenant-not-a-string': ['METABASE_SSO_TENANT_CLAIM_REFUSED', 502],
  'tenant-on-internal-user': ['METABASE_SSO_TENANT_ON_INTERNAL_USER', 403],
  'tenant-required': ['METABASE_SSO_TENANT_REQUIRED', 403],
  'tenant-mismatch': ['METABASE_SSO_TENANT_MISMATCH', 403],
  'tenant-inactive': ['METABASE_SSO_TENANT_INACTIVE', 403],
  'tenant-info-mismatch': ['METABASE_SSO_TENANT_REFUSED', 403],
  'tenants-disabled': ['METABASE_SSO_TENANTS_DISABLED', 403],
  'tenant-group-mismatch': ['METABASE_SSO_TENANT_GROUP_MISMATCH', 403],
  'invalid-redirect': ['METABASE_SSO_STATUS_UNEXPECTED', 502], // no request of the exchange has a return_to
  'ambiguous-path': ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  'post-not-valid': ['METABASE_SSO_STATUS_UNEXPECTED', 502], // in answer to every request
  'body-too-large': ['METABASE_SSO_TOKEN_TOO_LARGE', 500],
  'saml-refused': TOKEN_REFUSED,
  'jwt-disabled': ['METABASE_SSO_SSO_DISABLED', 502],
  'jwt-missing': ['METABASE_SSO_TOKEN_MISSING', 502],
  'gateway-404-page': PROXY_REFUSED,
  'gateway-404-text': PROXY_REFUSED,
  'gateway-404-json': PROXY_REFUSED,
  'gateway-405-page': PROXY_REFUSED,
  'gateway-502': GATEWAY_FAILED,
  'gateway-503': GATEWAY_FAILED,
  'gateway-504': GATEWAY_FAILED,
  'gateway-520': GATEWAY_FAILED,
  'login-redirect': ['METABASE_SSO_REDIRECTED', 502],
  'basic-auth-401': PROXY_REFUSED,
  'waf-403-page': PROXY_REFUSED,
  'payload-413': PROXY_REFUSED,
  'uri-414': PROXY_REFUSED,
  'rate-limit-429': PROXY_REFUSED,
  'headers-431': PROXY_REFUSED,
  'maintenance-200': ['METABASE_SSO_RESPONSE_NOT_JSON', 502],
  'html-200': ['METABASE_SSO_RESPONSE_NOT_JSON', 502],
  unlisted: ['METABASE_SSO_STATUS_UNEXPECTED', 502],
  hang: ['METABASE_SSO_TIMEOUT', 504],
  drip: ['METABASE_SSO_TIMEOUT', 504],
  reset: UNREACHABLE,
  'reset-mid-body': UNREACHABLE,
  'truncated-json': ['METABASE_SSO_RESPONSE_MALFORMED', 502],
  'huge-body': ['METABASE_SSO_RESPONSE_TOO_LARGE', 502],
  'gzip-bomb': ['METABASE_SSO_RESPONSE_MALFORMED', 502], // no request asks for gzip
  'redirect-loop': ['METABASE_SSO_REDIRECTED', 502],
  'wrong-length': UNREACHABLE
}

/** Where a failure is met: what a version answers, or is asked first, can differ. */
export interface Occasion {
  version: MetabaseVersion
}

/** What a failure becomes on this occasion. */
export function expectedOf (failure: Failure, { version }: Occasion): Row {
  // Its edition without SSO answers with a page; the properties, which tell it, fail here, too.
  if (version === 'v50' && failure === 'open-source') return ['METABASE_SSO_RESPONSE_NOT_JSON', 502]
  return failureTable[failure]
}

/** All that a browser is told, by status. */
const sentences: Readonly<Record<Row[1], readonly string[]>> = {
  403: ['This account is not allowed to sign in to Metabase.'],
  500: ['The app could not prepare the sign-in to Metabase.'],
  502: [
    'Metabase does not accept sign-ins from this app at the moment.',
    'Metabase could not be reached or gave no usable response.'
  ],
  504: ['Metabase did not answer in time.']
}

/** Checks an answer against the table, and that it tells the browser that much and nothing else. */
export function checkFailure (
  t: Test, failure: Failure, response: LightMyRequestResponse, occasion: Occasion
): void {
  const [code, status] = expectedOf(failure, occasion)
  const { error, ...rest } = response.json()
  const body = { status: 'error', message: 'authentication failed', code }
  t.strictSame([response.statusCode, rest], [status, body], failure)
  t.ok(sentences[status].includes(error), `${failure}: ${error}`)
  t.equal(response.headers['cache-control'], 'no-store')
  const all = response.body + JSON.stringify(response.headers)
  for (const secret of [SECRET, SESSION_SECRET, 'eyJ']) t.notMatch(all, secret)
}
